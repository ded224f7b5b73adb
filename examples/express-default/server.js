import { randomUUID } from 'node:crypto';
import express from 'express';

// The operation as one would write it in a hurry: the JSON parser, a few ifs, and the framework's own error answers.
const app = express();
app.use(express.json());

app.post('/v2/:project_id/desktop-pools/:pool_id/rebuild', (req, res) => {
  if (req.get('X-Auth-Token') !== 'example-token') {
    return res.status(401).json({ error_code: 'EX.0401', error_msg: 'Authentication failed.' });
  }
  if (!req.body.image_id) {
    return res.status(400).json({ error_code: 'EX.0400', error_msg: 'image_id is missing.' });
  }
  if (req.params.project_id !== 'p1' || req.params.pool_id !== 'pool-a' || req.body.image_id !== 'img-1') {
    return res.status(404).json({ error_code: 'EX.0404', error_msg: 'No such pool or image.' });
  }
  res.json({ job_id: randomUUID() });
});

app.listen(Number(process.env.PORT ?? 8082), '127.0.0.1');

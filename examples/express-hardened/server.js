import express from 'express';
import { z } from 'zod';
import {
  answerOf,
  authorise,
  checkUtf8,
  invalid,
  notFound,
  Refusal,
  rebuild,
  tooLarge,
  wrongMethod,
} from '../shared.js';

const text = z.string().max(255).nullish();
const bodySchema = z.object({
  image_id: z.string().min(1).max(255),
  image_type: text,
  os_type: text,
  delay_time: z.int().min(0).max(15).nullish(),
  message: z.string().max(400).nullish(),
  order_id: text,
  is_fix: z.boolean().nullish(),
});

const app = express();
app.disable('x-powered-by');

app
  .route('/v2/:project_id/desktop-pools/:pool_id/rebuild')
  .post(
    (req, _res, next) => {
      authorise(req.get('X-Auth-Token'), req.params.project_id);
      next();
    },
    express.json({ strict: false, limit: '1mb', verify: (_req, _res, bytes) => checkUtf8(bytes) }),
    (req, res) => {
      const { success, data } = bodySchema.safeParse(req.body);
      if (!success) throw invalid();
      res.json(rebuild(req.params.pool_id, data));
    },
  )
  .all(() => {
    throw wrongMethod();
  });

app.use(() => {
  throw notFound();
});

/** What Express and its parsers throw has a status of its own, which is documented only as 400 and 413. */
function refusalOf(error) {
  if (error instanceof Refusal) return error;
  if (error.status === 413) return tooLarge();
  return error.status >= 400 && error.status < 500 ? invalid() : error;
}

app.use((error, _req, res, _next) => {
  const { status, body } = answerOf(refusalOf(error));
  res.status(status).json(body);
});

app.listen(Number(process.env.PORT ?? 8083), '127.0.0.1');

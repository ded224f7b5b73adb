import { execFile, spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { readConfiguration } from '../runner/configuration/configuration.ts';
import { run } from '../runner/run.ts';
import { userAgent } from '../runner/wire/client.ts';
import { type Sent, startRecorder } from './recorder.ts';

/** Headers that belong to the transport, or to whoever asks. */
const ofTransport = /^(host|connection|content-length|transfer-encoding|expect)$/i;

/** A request but for what belongs to the transport. */
function inWords({ method, url, rawHeaders, body }: Sent): string {
  const headers = rawHeaders
    .flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1]}`] : []))
    .filter((line) => !ofTransport.test(line.split(':')[0] ?? '') && line.split(': ')[1] !== userAgent)
    .sort();
  return JSON.stringify([method, url, headers, body.toString('base64')]);
}

function play(line: string, env: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((done) => {
    execFile(
      'sh',
      ['-c', line],
      { env: { PATH: process.env['PATH'] ?? '', ...env }, timeout: 20_000 },
      (error, _, stderr) => done(error === null ? '' : `${error.message} ${stderr}`),
    );
  });
}

const variable = (name: string): string => `$\{${name}}`;

const hasCurl = spawnSync('curl', ['--version']).status === 0;

test('every curl line sends, through a real shell, the bytes that the suite sent', {
  timeout: 300_000,
}, async (context) => {
  if (!hasCurl) return context.skip('curl is not installed here');
  const recorder = await startRecorder();
  const env = { ACME_TOKEN: 'Aa1-token.of+acme/x==', LOOKER_TOKEN: 'it\'s "$another" token' };
  const configuration = readConfiguration({
    text: [
      `target: {url: "${recorder.url}/base"}`,
      `auth: {token: "${variable('ACME_TOKEN')}"}`,
      'states:',
      '  pool is ready: {project_id: p1, pool_id: pool-a, image_id: img-1}',
      `  token lacks permission: {token: "${variable('LOOKER_TOKEN')}"}`,
      'limits: {rebuilds: 3000}',
    ].join('\n'),
    env,
  });
  try {
    const report = await run({ configuration, seed: 7, runs: 0, only: [], strict: true, edition: '2025-11' });
    const findings = report.results.flatMap((result) => result.findings);
    const lines = [...new Set(findings.map(({ curl }) => curl))];
    expect(lines.length).toBeGreaterThan(60);
    const sent = new Set(recorder.sent.map(inWords));
    const wrong: string[] = [];
    for (const line of lines) {
      recorder.sent.length = 0;
      const failure = await play(line, env);
      const [came = failure] = recorder.sent.map(inWords);
      if (!sent.has(came)) wrong.push(`${line.slice(0, 600)}\n  sent ${came.slice(0, 600)}`);
    }
    expect(wrong).toEqual([]);
    // Nothing of a token stands in a report.
    const text = JSON.stringify(report);
    for (const secret of Object.values(env)) expect(text).not.toContain(JSON.stringify(secret).slice(1, -1));
    expect(text).toContain(variable('LOOKER_TOKEN'));
    expect(text).toContain(variable('ACME_TOKEN'));
    expect(lines.some((line) => line.startsWith('printf '))).toBe(true);
    expect(lines.some((line) => line.includes('gzip -dc'))).toBe(true);
  } finally {
    recorder.close();
  }
});

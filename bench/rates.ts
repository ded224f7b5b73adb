import autocannon from 'autocannon';
import { Pool } from 'undici';
import { createLane } from '../runner/wire/connection.ts';

/** One request that a target refuses, which every tool sends. */
export interface Shot {
  readonly origin: string;
  readonly path: string;
  readonly token: string;
}

const body = JSON.stringify({ image_id: 'img-1', delay_time: 'ten', message: 'The pool is rebuilt tonight.' });

function headersOf({ token }: Shot): Record<string, string> {
  return { 'content-type': 'application/json', 'x-auth-token': token };
}

/** Sends so many, as many at once as there are connections; requests a second. */
async function rateOf(count: number, connections: number, send: () => Promise<void>): Promise<number> {
  let left = count;
  const started = performance.now();
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await send();
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  return count / ((performance.now() - started) / 1000);
}

/** The suite's own client, which only sends and parses. */
export async function bareLoop(shot: Shot, count: number, connections: number): Promise<number> {
  const lanes = Array.from({ length: connections }, () => createLane(shot.origin, { timeout: 10_000 }));
  const free = [...lanes];
  const bytes = Buffer.from(body);
  try {
    return await rateOf(count, connections, async () => {
      const lane = free.pop();
      if (lane === undefined) throw new Error('there is a lane for each worker');
      const { origin, path } = shot;
      const result = await lane.send({ method: 'POST', origin, path, headers: headersOf(shot), body: bytes });
      free.push(lane);
      if (!('status' in result)) throw new Error(result.reason);
      JSON.parse(Buffer.from(result.body).toString());
    });
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}

export async function undiciPool(shot: Shot, count: number, connections: number): Promise<number> {
  const pool = new Pool(shot.origin, { connections });
  try {
    return await rateOf(count, connections, async () => {
      const answer = await pool.request({ method: 'POST', path: shot.path, headers: headersOf(shot), body });
      await answer.body.json();
    });
  } finally {
    await pool.close();
  }
}

export async function cannon(shot: Shot, count: number, connections: number): Promise<number> {
  const result = await autocannon({
    url: `${shot.origin}${shot.path}`,
    method: 'POST',
    headers: headersOf(shot),
    body,
    connections,
    amount: count,
  });
  return result.requests.total / result.duration;
}

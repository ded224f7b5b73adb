import autocannon from 'autocannon';
import { Pool } from 'undici';
import type { Setting } from '../generators/deviations/source.ts';
import { render } from '../generators/render.ts';
import { generatedItems } from '../runner/plan/items.ts';
import { createLane } from '../runner/wire/connection.ts';
import type { Lane, WireRequest } from '../runner/wire/http.ts';
import { edition } from '../specs/editions.ts';

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

/** Lanes of the suite's own client, each used by one at a time, which only send and parse. */
async function overLanes(origin: string, count: number, connections: number, next: () => WireRequest): Promise<number> {
  const lanes = Array.from({ length: connections }, () => createLane(origin, { timeout: 10_000 }));
  const free: Lane[] = [...lanes];
  try {
    return await rateOf(count, connections, async () => {
      const lane = free.pop();
      if (lane === undefined) throw new Error('there is a lane for each worker');
      const result = await lane.send(next());
      free.push(lane);
      if ('status' in result && result.body.length > 0) JSON.parse(Buffer.from(result.body).toString());
    });
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}

/** The suite's own client, which sends one request over and over. */
export async function bareLoop(shot: Shot, count: number, connections: number): Promise<number> {
  const { origin, path } = shot;
  const request = { method: 'POST', origin, path, headers: headersOf(shot), body: Buffer.from(body) };
  return overLanes(origin, count, connections, () => request);
}

/** Generated cases that are made before the time is taken; longer runs send them again. */
const mostMade = 4000;

/** The suite's own client, which sends the requests of a long run as they are: other connections, pauses and large bodies. */
export async function sameRequests(shot: Shot, count: number, connections: number): Promise<number> {
  const { origin, token } = shot;
  const setting: Setting = {
    fixture: { project_id: 'p1', pool_id: 'pool-a', image_id: 'img-1' },
    auth: 'token',
    seed: 1,
    edition: '2025-11',
  };
  const made: WireRequest[] = [];
  for (const { rejections } of generatedItems(edition(setting.edition).requirements, () => setting, mostMade, 0)) {
    for (const item of rejections) {
      const play = item.make(setting);
      if (play === undefined) continue;
      const { request } = render(setting, play.context, play.deviation);
      made.push({ ...request, origin, headers: { ...request.headers, 'X-Auth-Token': token } });
    }
    if (made.length >= mostMade) break;
  }
  let n = 0;
  return overLanes(origin, count, connections, () => {
    const request = made[n % made.length];
    n += 1;
    if (request === undefined) throw new Error('no case was made');
    return request;
  });
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

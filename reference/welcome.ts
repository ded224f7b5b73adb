import { stateValues, tokens } from './world.ts';

/** A shell line that the endpoint accepts. */
export function curlLine(url: string): string {
  const { project_id, pool_id, image_id } = {
    project_id: '',
    pool_id: '',
    image_id: '',
    ...stateValues['pool is ready'],
  };
  return [
    `curl -X POST ${url}/v2/${project_id}/desktop-pools/${pool_id}/rebuild`,
    `-H 'X-Auth-Token: ${tokens.valid}'`,
    "-H 'Content-Type: application/json'",
    `-d '${JSON.stringify({ image_id })}'`,
  ].join(' ');
}

/** What the endpoint is, and what it knows, for whoever opens its root. */
export function welcome(url: string): string {
  const states = Object.entries(stateValues).map(([state, values]) => {
    const words = Object.entries(values).map(([name, value]) => `${name} ${String(value)}`);
    return `  ${`${state}:`.padEnd(30)}${words.join(', ')}`;
  });
  return `The reference endpoint of rebuild-conformance: a mock of one operation.

  POST /v2/{project_id}/desktop-pools/{pool_id}/rebuild

Try it:

  ${curlLine(url)}

Change a value of that line, and the answer is the one of the page for:

${states.join('\n')}

  POST /_states       a state by its name, in Pact's protocol: {"state": "pool is busy", "params": {}, "action": "setup"}
  POST /v3/auth/tokens  a token for a password, as the identity service gives it

--fault ID makes the answers wrong in one way (--list-faults), --latency MS slow, --nuisance as annoying as a gateway's.
`;
}

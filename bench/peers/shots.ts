import { canonicalStatus } from '../../contracts/canonical-status.ts';
import { canonicalCase } from '../../generators/canonical.ts';
import { render } from '../../generators/render.ts';
import { stateValues, tokens } from '../../reference/world.ts';
import { defaultEdition } from '../../specs/editions.ts';
import type { Requirement } from '../../specs/requirement.ts';
import { requirements } from '../../specs/requirements.ts';

/** A request that a person would write down as an example, and what is promised for it. */
export interface Shot {
  /** Letters and hyphens. */
  readonly name: string;
  readonly status: number;
  readonly project: string;
  readonly pool: string;
  readonly token: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The requests of our contracts, with the values of the reference endpoint: what tools that take examples are given. */
export const shots: readonly Shot[] = requirements
  .filter((row: Requirement) => row.techniques.includes('contract') && row.editions.includes(defaultEdition))
  .map((row: Requirement): Shot => {
    const { project_id, pool_id, image_id, order_id, token } = {
      ...stateValues['pool is ready'],
      ...stateValues[row.given],
    };
    if (project_id === undefined || pool_id === undefined || image_id === undefined)
      throw new Error(`no values for ${row.given}`);
    const fixture = { project_id, pool_id, image_id, ...(order_id === undefined ? {} : { order_id }) };
    const source = { fixture, edition: defaultEdition };
    const { context, deviation } = canonicalCase(row, { ...source, auth: 'token', seed: 1 });
    const { request } = render(source, context, deviation);
    return {
      name: row.id.replace(/[^a-z]+/g, '-'),
      status: canonicalStatus(row),
      project: project_id,
      pool: pool_id,
      token: request.credential.form === 'absent' ? undefined : (token ?? tokens.valid),
      body: visibleBody(JSON.parse(new TextDecoder().decode(request.body)) as Record<string, unknown>),
    };
  });

/** Some tools send no body at all in place of an empty object. */
function visibleBody(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.keys(body).length === 0 ? { delay_time: 5 } : body;
}

import type { Setting } from '../generators/deviations/source.ts';
import type { Fixture } from '../generators/model.ts';
import { type EditionName, edition, pinsOf } from '../specs/editions.ts';

export const consumerName = 'desktop-pool-client';
export const providerName = 'rebuild-desktop-pool';

/** The file of an edition's contract, below the folder of all of them. */
export function pactName(name: EditionName): string {
  return `${name}/${consumerName}-${providerName}.json`;
}

/** Values that look like what they stand for; of the others the name says it. */
const named: Partial<Fixture> = { image_type: 'private', os_type: 'Windows', order_id: 'order-example' };

/** Stand-ins, in a committed pact, for the values that a provider state gives when the pact is verified. */
export function exampleFixture(name: EditionName): Fixture {
  const { properties } = edition(name).request;
  const pins = pinsOf(name).map((field): readonly [string, string | readonly string[]] => {
    const example = `${field}-example`.replace('_', '-');
    return [field, named[field] ?? (properties[field]?.type === 'array' ? [example] : example)];
  });
  return {
    project_id: '5b7d3f0c2e9a4c81b6d0f4a7e2c19385',
    pool_id: 'pool-example',
    image_id: 'image-example',
    ...Object.fromEntries(pins),
  };
}

/** What the requests of an edition's contract are made for. */
export function exampleSetting(name: EditionName): Setting {
  return { fixture: exampleFixture(name), auth: 'token', seed: 0, edition: name };
}

/** Stands for the credential, which no pact and no verifier ever sees. */
export const exampleToken = 'token-example';

/** The value of a field by the names that a pact knows: one for each item of a list. */
export function flat(name: string, value: string | readonly string[]): readonly (readonly [string, string])[] {
  return typeof value === 'string' ? [[name, value]] : value.map((item, i) => [`${name}_${i}`, item]);
}

import { defaultEdition } from '../../specs/editions.ts';
import type { Field } from '../../specs/requirement.ts';
import { editionsWith } from '../../specs/schemas.ts';
import { json, reject } from '../answers.ts';
import type { Breaks } from '../breaks.ts';
import type { Check, CheckName, Exchange, Maybe } from '../checks.ts';
import type { Fault, Hooks } from '../fault.ts';

/** A fault without state of its own. */
export function fault(
  id: string,
  title: string,
  breaks: readonly Breaks[],
  hooks: Hooks,
  more: Pick<Fault, 'needs' | 'sometimes'> = {},
): Fault {
  return { id, title, breaks, ...more, hooks: () => hooks };
}

/** What a fault about a field needs: an edition that has the field, where the default one has not. */
export function havingField(field: Field): Pick<Fault, 'needs'> {
  const editions = editionsWith(field);
  const [first] = editions;
  return first === undefined || editions.includes(defaultEdition) ? {} : { needs: { edition: first } };
}

/** The field in ids of rows and faults. */
export function slugOf(field: Field): string {
  return field.replaceAll('_', '-');
}

/** Rows with a contract of which the property alone shows the fault: the contract's own request is answered well. */
export function propertyOf(rows: string): Breaks {
  return { rows, techniques: ['property'] };
}

/** Rows with a contract which alone shows the fault: the status is right, the body is not. */
export function contractOf(rows: string): Breaks {
  return { rows, techniques: ['contract'] };
}

/** A check that lets everything pass. */
export const skip: Check = () => undefined;

/** Hooks that leave out some checks. */
export function without(...names: readonly CheckName[]): Hooks {
  return { checks: Object.fromEntries(names.map((name) => [name, skip])) };
}

/** Makes a check answer something else wherever it refuses. */
export function instead(
  answer: (exchange: Exchange, refusal: Response) => Maybe,
): (exchange: Exchange, correct: Check) => Promise<Response | undefined> {
  return async (exchange, correct) => {
    const refusal = await correct(exchange);
    return refusal === undefined ? undefined : answer(exchange, refusal);
  };
}

/** Hooks under which some checks answer 500 instead of refusing. */
export function crashing(...names: readonly CheckName[]): Hooks {
  return { checks: Object.fromEntries(names.map((name) => [name, instead(crash)])) };
}

export function crash(): Response {
  return reject(500, 'WKS.0009', 'An internal service error occurred.');
}

/** Hooks that change the JSON body of some answers. */
export function rewriting(
  applies: (response: Response) => boolean,
  change: (body: Record<string, unknown>, exchange: Exchange) => Record<string, unknown>,
): Hooks {
  return {
    async after(response, exchange) {
      if (!applies(response)) return response;
      const body = (await response.json()) as Record<string, unknown>;
      return json(change(body, exchange), response.status, Object.fromEntries(response.headers));
    },
  };
}

/** Hooks that give some answers another status. */
export function restating(from: number, to: number): Hooks {
  return {
    after: (response) =>
      response.status === from ? new Response(response.body, { status: to, headers: response.headers }) : response,
  };
}

export const isAcceptance = ({ status }: Response): boolean => status === 200;
export const isError = ({ status }: Response): boolean => status >= 400;
/** An answer that never comes. */
export const silence = (): Promise<never> => new Promise(() => {});

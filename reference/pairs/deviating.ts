import { covered, coveredLevels } from '../../specs/contexts.ts';
import { traitsOf } from '../../specs/deviations.ts';
import { defaultEdition } from '../../specs/editions.ts';
import { json } from '../answers.ts';
import type { Exchange } from '../checks.ts';
import type { Hooks } from '../fault.ts';
import { crash, instead } from '../faults/tools.ts';
import { type Class, type Recognised, recognise, type Subject } from './classes.ts';
import { type At, inWords, isAt, needsOf, type Pair, subjects } from './pair.ts';
import { look } from './seen.ts';

/** Rows that say of each answer that nothing breaks. */
const noServerError = ['answers/client-fault-is-no-server-error', 'answers/odd-input-is-no-server-error'];

/** What is passed over is accepted: nothing else is wrong with the request. */
function accept({ world }: Exchange): Response {
  return json({ job_id: world.nextJob() });
}

/** Hooks under which some requests are accepted, whatever refuses them. */
function skipping(by: Recognised['by'], applies: (exchange: Exchange) => boolean): Hooks {
  const skipped = instead((x, refusal) => (applies(x) ? accept(x) : refusal));
  const checks = Object.fromEntries(by.filter((name) => name !== 'route').map((name) => [name, skipped]));
  return { checks, ...(by.includes('route') ? { elsewhere: (_, x) => (applies(x) ? accept(x) : undefined) } : {}) };
}

/** Hooks under which some requests are a server error, wherever they go. */
function crashing(applies: (exchange: Exchange) => boolean): Hooks {
  const answer = (x: Exchange): Response | undefined => (applies(x) ? crash() : undefined);
  return { before: answer, elsewhere: (_, x) => answer(x) };
}

function subjectOf({ kind, field, given }: Subject, { name }: Class): string {
  const words = [kind, name === '' ? '' : `(${name})`, field === undefined ? '' : `of ${field}`];
  return [...words, given === 'pool is ready' ? '' : `when ${given}`].filter((word) => word !== '').join(' ');
}

/**
 * The check of a class of deviations is skipped where the context has a level of a dimension; or, where a correct target
 * may accept the class, it is a server error there. Each class, each dimension that it leaves room for, each level.
 */
export function deviatingPairs(): readonly Pair[] {
  return subjects().flatMap(([subject, rows]) => {
    const { by, classes } = recognise(subject);
    const isRefused = traitsOf(subject.kind).accepted === 'never';
    const more = isRefused ? [] : noServerError;
    const played = [...rows.map(({ id }) => id), ...more];
    const breaks = [...rows.flatMap(({ id, level }) => (level === 'MAY' ? [] : [id])), ...more];
    return classes.flatMap((one) => {
      const what = `${subjectOf(subject, one)} ${isRefused ? 'is accepted' : 'is a server error'}`;
      const places: readonly At[] = covered(defaultEdition)
        .filter((dimension) => !one.without.includes(dimension))
        .flatMap((dimension) => coveredLevels(dimension, defaultEdition).map((level) => ({ dimension, level })));
      return places.map((at): Pair => {
        const applies = (x: Exchange): boolean => one.is(look(x)) && isAt(x, at);
        const title = `${what} with ${inWords(at)}`;
        const hooks = (): Hooks => (isRefused ? skipping(by, applies) : crashing(applies));
        return { id: title, title, subject: what, beside: inWords(at), rows: played, breaks, ...needsOf(at), hooks };
      });
    });
  });
}

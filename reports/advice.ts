import type { Framework } from './fingerprint.ts';
import {
  acceptance,
  accepted,
  busy,
  clientFault,
  credential,
  inFront,
  otherStatus,
  others,
  project,
  type Recipe,
  shape,
  unreadable,
  validation,
} from './recipes.ts';
import type { About } from './titles.ts';

/** How to mend a cause. */
export interface Advice {
  /** What the page wants. */
  readonly wants: string;
  /** How one usually gets there. */
  readonly how: string;
  /** Folder of an example that does it, in the suite's own repository. */
  readonly example?: string;
}

const examples: Readonly<Partial<Record<Framework, string>>> = {
  Express: 'examples/express-hardened',
  Fastify: 'examples/fastify-hardened',
  Hono: 'examples/hono-hardened',
  FastAPI: 'examples/fastapi-hardened',
};

/** What the page wants, and how one usually gets there. */
export function adviceFor(about: About): Advice {
  const { framework } = about;
  const { wants, how } = recipeFor(about);
  const named = framework === undefined ? undefined : how[framework];
  const example = framework === undefined ? undefined : examples[framework];
  return { wants, how: named ?? how.any, ...(example === undefined ? {} : { example }) };
}

function recipeFor({ effect, place, dimension, print, isValidation }: About): Recipe {
  if (place === 'busy pool' && (effect === 'accepted' || effect === 'other status')) return busy;
  if (place === 'failing service') return shape;
  switch (effect) {
    case 'authorisation lost':
      return place === 'project' ? project : credential;
    case 'accepted':
      return dimension === undefined ? otherStatus : accepted[dimension];
    case 'server error':
      return place === 'body' ? unreadable : place === 'valid' ? others.refused : clientFault;
    case 'other status':
      if (isValidation) return validation;
      return place === 'credential' ? credential : place === 'project' ? project : otherStatus;
    case 'shape':
      if (print.author === undefined && (print.shape === 'no body' || print.shape === 'plain text')) return inFront;
      return print.status !== undefined && print.status < 300 ? acceptance : shape;
    default:
      return others[effect];
  }
}

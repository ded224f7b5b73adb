import { randomUUID } from 'node:crypto';

// What the hardened servers know: pools of one project, images, and tokens. Nothing of it depends on a framework.
const pools = new Map([
  ['pool-a', 'ready'],
  ['pool-b', 'busy'],
  ['pool-f', 'failing'],
]);
const images = new Map([
  ['img-1', { billed: false }],
  ['img-9', { billed: true }],
]);
const tokens = new Map([
  ['example-token', { project: 'p1' }],
  ['example-token-expired', { project: 'p1', expired: true }],
  ['example-token-readonly', { project: 'p1', readonly: true }],
  ['example-token-of-p2', { project: 'p2' }],
]);

/** A request that is not carried out, with the status and the code of its answer. */
export class Refusal extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const invalid = () => new Refusal(400, 'EX.0400', 'The request is invalid.');
export const tooLarge = () => new Refusal(413, 'EX.0413', 'The body is too large.');
export const notFound = () => new Refusal(404, 'EX.0404', 'No such resource.');
export const wrongMethod = () => new Refusal(405, 'EX.0405', 'The method is not allowed.');

/** The documented body of an error; what is no Refusal tells nothing of itself. */
export function answerOf(error) {
  const { status, code, message } =
    error instanceof Refusal ? error : new Refusal(500, 'EX.0500', 'An internal service error occurred.');
  return { status, body: { error_code: code, error_msg: message } };
}

/** Throws unless the token may rebuild pools of the project. */
export function authorise(token, project) {
  const grant = tokens.get(token);
  if (grant === undefined || grant.expired) throw new Refusal(401, 'EX.0401', 'Authentication failed.');
  if (grant.project !== project || grant.readonly) throw new Refusal(403, 'EX.0403', 'No permission.');
}

/** Starts a rebuild of a pool with a body that has been validated. */
export function rebuild(pool, { image_id, order_id }) {
  const state = pools.get(pool);
  const image = images.get(image_id);
  if (state === undefined || image === undefined) throw notFound();
  if (image.billed && !order_id) throw invalid();
  if (state === 'failing') throw new Error('The hypervisor does not answer.');
  if (state === 'busy') throw new Refusal(409, 'EX.0409', 'The pool is being rebuilt.');
  return { job_id: randomUUID() };
}

/** Throws unless the bytes are UTF-8. Frameworks put U+FFFD for what is not. */
export function checkUtf8(bytes) {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid();
  }
}

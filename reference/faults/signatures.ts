import { reject } from '../answers.ts';
import type { Breaks } from '../breaks.ts';
import type { Exchange } from '../checks.ts';
import type { Fault, Hooks } from '../fault.ts';
import { type SignedRequest, verifySignature } from '../signed-request.ts';
import { fault } from './tools.ts';

/** What a careless verifier makes of a request before it looks at the signature, and the time that it takes it for. */
type Careless = (signed: SignedRequest) => { readonly signed: SignedRequest; readonly now?: number };

const needs = { auth: 'aksk' } as const;
const altered: readonly Breaks[] = ['credentials/altered-is-unauthorised'];

function headerOf({ headers }: SignedRequest, name: string): string {
  return headers[name]?.join(', ') ?? '';
}

function withAuthorization(signed: SignedRequest, rewrite: (value: string) => string): SignedRequest {
  return { ...signed, headers: { ...signed.headers, authorization: [rewrite(headerOf(signed, 'authorization'))] } };
}

/** Lets a signature pass that is right, or right for what a careless verifier looks at. */
function verifying(careless: Careless): Hooks {
  return {
    checks: {
      async credential(x, correct) {
        const refusal = await correct(x);
        if (refusal === undefined || x.tokens.length > 0) return refusal;
        const { signed, now = Date.now() } = careless(x.signed);
        return passes(x, signed, now) ? undefined : reject(401, 'WKS.0002', 'Authentication failed.');
      },
    },
  };
}

function passes(x: Exchange, signed: SignedRequest, now: number): boolean {
  if (verifySignature(signed, x.world.findKey, now) === undefined) return false;
  x.token = x.world.signer;
  return true;
}

/** The moment that X-Sdk-Date names. */
function dateOf(signed: SignedRequest): number {
  const digits = headerOf(signed, 'x-sdk-date');
  return Date.parse(digits.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

/** Defects in the verification of signatures. */
export const signatureFaults: readonly Fault[] = [
  fault(
    'signs-no-query',
    'A signature need not cover the query.',
    altered,
    verifying((signed) => ({ signed: { ...signed, target: signed.target.split('?', 1)[0] ?? '' } })),
    { needs },
  ),
  fault(
    'ignores-date-of-signature',
    'A signature is good for ever.',
    altered,
    verifying((signed) => ({ signed, now: dateOf(signed) })),
    { needs },
  ),
  {
    id: 'remembers-signatures',
    title: 'A signature that was right once is right for every request.',
    breaks: altered,
    needs,
    hooks: () => {
      const known = new Set<string>();
      return {
        checks: {
          async credential(x, correct) {
            const credential = headerOf(x.signed, 'authorization');
            if (x.tokens.length === 0 && known.has(credential)) {
              x.token = x.world.signer;
              return undefined;
            }
            const refusal = await correct(x);
            if (refusal === undefined && x.tokens.length === 0) known.add(credential);
            return refusal;
          },
        },
      };
    },
  },
  fault(
    'passes-over-missing-headers',
    'A name in SignedHeaders without such a header is passed over.',
    altered,
    verifying((signed) => ({
      signed: withAuthorization(signed, (value) =>
        value.replace(/(?<=SignedHeaders=)[^,\s]+/, (names) =>
          names
            .split(';')
            .filter((name) => headerOf(signed, name) !== '')
            .join(';'),
        ),
      ),
    })),
    { needs },
  ),
];

import { CredentialError } from '../../runner/credentials/credentials.ts';
import type { Observation } from '../../runner/decide/observation.ts';
import type { Answer } from '../../runner/decide/procedure.ts';
import type { Configuration } from '../../specs/configuration.ts';
import type { Findings } from './findings.ts';
import { sendHarmless } from './harmless.ts';
import type { Probe } from './probe.ts';
import { isPassing } from './reach.ts';

const topic = 'credentials';

/** What to mend when the credential is refused. */
function advice(auth: Configuration['auth']): string {
  switch (auth?.kind) {
    case undefined:
      return 'a request without a credential is answered with 401; give auth.token, auth.access_key with auth.secret_key, or auth.iam.';
    case 'token':
      return 'the target answers 401: it does not take the configured token; renew auth.token.';
    case 'aksk':
      return 'the target answers 401: it does not take the signature; check auth.access_key, auth.secret_key and auth.security_token, and that it verifies SDK-HMAC-SHA256.';
    case 'iam':
      return 'the target answers 401: it does not take the token of IAM; check auth.iam.project, and that the target trusts this IAM.';
  }
}

/** Sends the configured credential to a pool that nobody has. Resolves to nothing when there is none to send. */
export async function sendCredential(harmless: Probe, findings: Findings): Promise<Observation | undefined> {
  try {
    return await harmless.play(sendHarmless(harmless.core, 'valid'));
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error;
    findings.mend(topic, `no token could be fetched: ${error.message}; check auth.iam.`);
    return undefined;
  }
}

/** Judges the answer to the configured credential. Returns whether it is worth going on. */
export function judgeCredential(
  auth: Configuration['auth'],
  { status, silence }: Observation,
  without: Answer,
  findings: Findings,
): boolean {
  const kind = auth?.kind ?? 'none configured';
  if (status === undefined) {
    findings.mend(topic, `with a credential the target gives no answer: ${silence?.reason ?? 'it was not sent'}.`);
    return false;
  }
  if (status === 401) {
    findings.mend(topic, advice(auth));
    return false;
  }
  if (isPassing(status)) {
    findings.mend(topic, `with a credential the target keeps answering ${status}; check that its service is up.`);
    return false;
  }
  if (auth !== undefined && status === without.status)
    findings.warn(topic, `${kind}: the answer is ${status} with and without it, so it proves nothing`);
  else findings.line(topic, `ok, ${kind}: ${status} at a random pool`);
  return true;
}

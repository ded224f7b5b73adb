import { CredentialError } from '../../runner/credentials.ts';
import { type Exchange, isSilence } from '../../runner/exchange.ts';
import type { Answer } from '../../runner/http.ts';
import type { Configuration } from '../../specs/configuration.ts';
import type { Findings } from './findings.ts';
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

export async function sendCredential(probe: Probe, findings: Findings): Promise<Exchange | undefined> {
  try {
    return await probe.sendHarmless('valid');
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error;
    findings.mend(topic, `no token could be fetched: ${error.message}; check auth.iam.`);
    return undefined;
  }
}

/** Judges the answer to the configured credential at a random pool. Resolves to whether it is worth going on. */
export function judgeCredential(probe: Probe, { result }: Exchange, without: Answer, findings: Findings): boolean {
  const { auth } = probe.configuration;
  const kind = auth?.kind ?? 'none configured';
  if (isSilence(result)) {
    findings.mend(topic, `with a credential the target gives no answer: ${result.reason}.`);
    return false;
  }
  const { status } = result;
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

import { UsageError } from '../../runner/configuration/usage-error.ts';
import type { Choice, Terminal } from './terminal.ts';

/** Kinds of credential, each with the variables that hold it: what is secret, or may be, stands in no file. */
export const variables = {
  token: { token: 'WORKSPACE_TOKEN' },
  aksk: { access_key: 'WORKSPACE_ACCESS_KEY', secret_key: 'WORKSPACE_SECRET_KEY' },
  iam: {
    url: 'IAM_URL',
    domain: 'IAM_DOMAIN',
    user: 'IAM_USER',
    password: 'IAM_PASSWORD',
    project: 'IAM_PROJECT',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;
export type Kind = keyof typeof variables;
export const kinds = Object.keys(variables) as readonly Kind[];

/** What the options may already say. */
export interface Given {
  readonly target?: string;
  readonly project?: string;
  readonly pool?: string;
  readonly image?: string;
  readonly auth?: Kind;
  /** Pins of fields. */
  readonly imageType?: string;
  readonly osType?: string;
  readonly orderId?: string;
  readonly stateHandler?: string;
}

/** What a configuration is written from. */
export interface Answers extends Given {
  readonly target: string;
  readonly project: string;
  readonly pool: string;
  readonly image: string;
  readonly auth: Kind;
}

const questions = {
  target: 'Base URL of the service (a path prefix is kept)',
  project: 'Id of the project',
  pool: 'Id of a desktop pool that may be rebuilt: what is on its disks is lost',
  image: 'Id of an image that the pool can be rebuilt with',
} as const;
type Question = keyof typeof questions;

/** Asks for what the options do not say. Without a terminal that is an error which names the options. */
export async function collectAnswers(given: Given, terminal: Terminal | undefined): Promise<Answers> {
  const open = (Object.keys(questions) as Question[]).filter((name) => given[name] === undefined);
  if (terminal === undefined && open.length > 0)
    throw new UsageError(
      `init needs ${open.map((name) => `--${name}`).join(', ')} where there is no terminal to ask at.`,
    );
  const answers: Record<Question, string> = { target: '', project: '', pool: '', image: '' };
  for (const name of Object.keys(questions) as Question[])
    answers[name] = given[name] ?? (await terminal?.text(questions[name])) ?? '';
  checkTarget(answers.target);
  const chosen = given.auth ?? (await terminal?.choose('Credential', choices));
  return { ...given, ...answers, auth: kinds.find((kind) => kind === chosen) ?? 'token' };
}

/** Here, where no file is named yet that an error could point to. */
function checkTarget(target: string): void {
  if (/^https?:\/\/[^/]/i.test(target) && URL.canParse(target)) return;
  throw new UsageError(
    `The target must be a whole http or https URL, such as https://desktops.example, not ${JSON.stringify(target)}.`,
  );
}

const choices: readonly (Choice & { readonly value: Kind })[] = [
  { value: 'token', label: 'a token (X-Auth-Token)' },
  { value: 'aksk', label: 'an access key and a secret key (signed requests)' },
  { value: 'iam', label: 'a user of the identity service (IAM)' },
];

/** The environment with the variables of the credential; asks for those that are not set, and forgets them afterwards. */
export async function collectEnvironment(
  kind: Kind,
  env: NodeJS.ProcessEnv,
  terminal: Terminal | undefined,
): Promise<{ readonly env: NodeJS.ProcessEnv; readonly typed: readonly string[] }> {
  const missing = Object.values<string>(variables[kind]).filter((name) => !env[name]);
  if (terminal === undefined && missing.length > 0)
    throw new UsageError(
      `The environment lacks ${missing.join(', ')}: set what the credential is made of, and call init again.`,
    );
  const added: Record<string, string> = {};
  for (const name of missing) added[name] = (await terminal?.secret(`Value of ${name} (it is not written down)`)) ?? '';
  return { env: { ...env, ...added }, typed: missing };
}

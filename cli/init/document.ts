import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { roughly } from '../../reports/text.ts';
import configurationSchema from '../../specs/config.schema.json' with { type: 'json' };
import { stateVariables } from '../../specs/configuration.ts';
import type { State } from '../../specs/requirement.ts';
import { requirements } from '../../specs/requirements.ts';
import type { Learnt } from '../check/preflight.ts';
import { signs } from '../check/signs.ts';
import { counted } from '../check/states.ts';
import { type Answers, variables } from './answers.ts';

const schema = fileURLToPath(
  new URL(`${import.meta.url.endsWith('.ts') ? '../..' : '../../..'}/specs/config.schema.json`, import.meta.url),
);

/** A commented configuration, with what was learnt of the target, if it was asked. */
export function documentOf(answers: Answers, file: string, learnt?: Learnt): string {
  const { target, auth, stateHandler } = answers;
  const path = relative(dirname(resolve(file)), schema)
    .split(sep)
    .join('/');
  return `${[
    `# yaml-language-server: $schema=${encodeURI(path.startsWith('.') ? path : `./${path}`)}`,
    `# Written by rebuild-conformance init. \${NAME} reads the environment: secrets stand in no file.`,
    'target:',
    `  url: ${scalar(target)}`,
    '  # For the report:',
    '  # name: Acme Workspace',
    '  # version: 4.2.1',
    '  # vendor: Acme',
    '',
    ...(learnt?.hasAccess ? ['# The target did not refuse it.'] : []),
    'auth:',
    ...authLines(auth),
    '',
    'states:',
    ...readyLines(answers, learnt),
    '  # Each state more makes more requirements testable; what is not named here comes from the pool that is ready.',
    ...otherStates(),
    '',
    '# Or a URL that provides the states, by the provider-state protocol of Pact:',
    stateHandler === undefined
      ? '# state_handler: http://127.0.0.1:8080/_states'
      : `state_handler: ${scalar(stateHandler)}`,
    '',
    '# Consent to requests that the target may act on: the pool that is ready is rebuilt, many times. A target on',
    '# loopback needs none; --allow-rebuild says the same for one run.',
    '# allow_rebuild: true',
    '',
    `# limits: {${usualLimits()}}`,
    '# waivers:',
    '#   - {requirement: path/unknown-pool-is-not-found, reason: "answers 400 until 5.0", until: 2027-03-31}',
  ].join('\n')}\n`;
}

function usualLimits(): string {
  const { properties } = configurationSchema.properties.limits;
  return Object.entries(properties)
    .map(([name, limit]) => `${name}: ${limit.default}`)
    .join(', ');
}

/** A text in one line of YAML. */
function scalar(text: string): string {
  return stringify(text, { lineWidth: 0, defaultStringType: 'PLAIN', blockQuote: false }).trim();
}

function authLines(kind: Answers['auth']): readonly string[] {
  const lines = Object.entries<string>(variables[kind]).map(([name, variable]) => `${name}: "\${${variable}}"`);
  return kind === 'iam' ? ['  iam:', ...lines.map((line) => `    ${line}`)] : lines.map((line) => `  ${line}`);
}

function readyLines(
  { project, pool, image, imageType, osType, orderId }: Answers,
  learnt: Learnt | undefined,
): string[] {
  const pinned = { image_type: imageType, os_type: osType, order_id: orderId };
  const wasShown = learnt?.states.get('pool is ready') === 'shown';
  const busy = learnt?.busyFor ?? 0;
  return [
    `  # A pool that accepts a rebuild${wasShown ? ': it did.' : '.'} What is on its disks is lost.`,
    ...(busy > 0
      ? [`  # It was busy for ${roughly(busy)} or more after a rebuild; a list of several pools makes a run shorter.`]
      : []),
    '  pool is ready:',
    `    project_id: ${scalar(project)}`,
    `    pool_id: ${scalar(pool)}`,
    `    image_id: ${scalar(image)}`,
    ...Object.entries(pinned).flatMap(([name, value]) =>
      value === undefined ? [] : [`    ${name}: ${scalar(value)}`],
    ),
    ...(learnt?.pins ?? []).map((name) => `    # ${name}:   name a value that is taken: a plausible one was refused`),
  ];
}

/** The other states, for whoever can provide them. */
function otherStates(): readonly string[] {
  const others = (Object.keys(signs) as State[]).filter(
    (state) => !['pool is ready', 'pool does not exist'].includes(state),
  );
  return others.flatMap((state) => {
    const { names } = signs[state];
    const variable = stateVariables[state];
    const count = requirements.filter(({ given }) => given === state).length;
    return [
      `  # ${state}:   # ${counted(count)}`,
      ...names.map((name) => `  #   ${name}: ${variable === undefined ? '…' : `"\${${variable}}"`}`),
    ];
  });
}

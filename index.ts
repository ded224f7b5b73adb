export { createClient } from './contracts/client.ts';
export { type RunEvents, type RunOptions, run } from './runner/run.ts';
export type { Configuration } from './specs/configuration.ts';
export type { Finding, Outcome, Report, Result, Verdict } from './specs/report.ts';
export type { Requirement } from './specs/requirement.ts';
export { requirements } from './specs/requirements.ts';

/** What a tool says of one target. */
export interface Judgement {
  /** Whether it reports a defect. */
  readonly found: boolean;
  /** In its own words, shortened; for people who look into a cell. */
  readonly said: string;
}

/** A tool that is set up to test one address. */
export interface Tool {
  readonly name: string;
  /** Where its requests come from, in a few words. */
  readonly cases: string;
  judge(): Promise<Judgement>;
  close?(): Promise<void>;
}

/** Where tools are installed, what they test, and a folder of their own. */
export interface Bench {
  readonly bin: string;
  readonly url: string;
  readonly folder: string;
}

import { readFile, writeFile } from 'node:fs/promises';

/** One interaction of a pact file, as far as it is looked at here. */
export interface PactInteraction {
  readonly description: string;
  readonly providerStates?: readonly { readonly name: string; readonly params?: { readonly requirement?: string } }[];
}

export interface PactFile {
  readonly provider: { readonly name: string };
  readonly interactions: readonly PactInteraction[];
}

/** The requirement that an interaction speaks for: a parameter of its provider state. */
export function requirementOf(interaction: PactInteraction): string | undefined {
  return interaction.providerStates?.find((state) => state.params?.requirement !== undefined)?.params?.requirement;
}

/** A pact file that keeps the interactions of some requirements alone. */
export async function readPact(file: string, requirements: readonly string[]): Promise<PactFile> {
  const pact = JSON.parse(await readFile(file, 'utf8')) as PactFile;
  const wanted = new Set(requirements);
  return { ...pact, interactions: pact.interactions.filter((one) => wanted.has(requirementOf(one) ?? '')) };
}

export async function writePact(file: string, pact: PactFile): Promise<void> {
  await writeFile(file, JSON.stringify(pact));
}

/** Reads a Dockerfile as far as tests need it. https://docs.docker.com/reference/dockerfile/ */

export interface Instruction {
  readonly name: string;
  readonly text: string;
}

export interface Stage {
  readonly from: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

export function readDockerfile(text: string): readonly Stage[] {
  const lines = text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const stages: { from: string; name: string | undefined; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, name = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    const stage = /^(\S+)(?:\s+AS\s+(\S+))?$/.exec(rest);
    if (name === 'FROM' && stage?.[1] !== undefined)
      stages.push({ from: stage[1], name: stage[2], instructions: [] });
    else stages.at(-1)?.instructions.push({ name, text: rest.replaceAll(/\s+/g, ' ') });
  }
  return stages;
}

/** The texts of all instructions of one name. */
export const textsOf = (stage: Stage | undefined, name: string): readonly string[] =>
  (stage?.instructions ?? []).filter((one) => one.name === name).map(({ text }) => text);

/** `["a", "b"]` → the words; a shell form throws. */
export function execForm(text: string): readonly string[] {
  const words: unknown = JSON.parse(text.replace(/^.*?CMD /, ''));
  if (!Array.isArray(words)) throw new Error(`not in exec form: ${text}`);
  return words.map(String);
}

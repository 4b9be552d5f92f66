/** Judges what Feishu saw. Pure, so that a test can show it what is wrong. */

/** One message that was said to the bot, and what came of it. */
export interface Asked {
  readonly messageId: string;
  /** `silence` for what is not authentic, not from a person, or not addressed to the bot. */
  readonly deserves: 'answer' | 'silence';
  /** One of its deliveries was answered with 200. */
  readonly acknowledged: boolean;
  readonly replyCount: number;
  /** Its reply still says that something is to come. */
  readonly interim: boolean;
}

export interface Rate {
  readonly name: string;
  readonly max: number;
  readonly worst: number;
}

/** A card that was refreshed, and whether it shows what held at the end. */
export interface Refreshed {
  readonly messageId: string;
  readonly current: boolean;
}

/** One bot process while it ran. */
export interface Resources {
  readonly rssBytes: number;
  readonly fileCount: number;
}

export interface Evidence {
  readonly asked: readonly Asked[];
  readonly rates: readonly Rate[];
  readonly refreshed: readonly Refreshed[];
  /** Who was notified by something that the bot sent. */
  readonly notified: readonly string[];
  /** All that the processes wrote, and all that they sent. */
  readonly said: readonly string[];
  /** What must not be in it. */
  readonly secrets: readonly string[];
  readonly resources: readonly Resources[];
  /** Processes that should be dead and are not. */
  readonly undead: readonly number[];
}

const maxRssBytes = 512 * 1024 * 1024;
const maxFileCount = 300;

/** @returns one line for each promise that was not kept */
export function violationsOf(evidence: Evidence): string[] {
  return [
    ...evidence.asked.flatMap(aboutAnswers),
    ...evidence.rates
      .filter(({ max, worst }) => worst > max)
      .map(({ name, max, worst }) => `(d) ${name}: ${worst} calls in a window for ${max}`),
    ...evidence.refreshed
      .filter(({ current }) => !current)
      .map(({ messageId }) => `(e) ${messageId} shows an older state than the last that was read`),
    ...evidence.notified.map((target) => `(f) ${target} was notified`),
    ...aboutSecrets(evidence),
    ...aboutProcesses(evidence),
  ];
}

function aboutAnswers({ messageId, deserves, acknowledged, replyCount, interim }: Asked): string[] {
  if (deserves === 'silence')
    return replyCount === 0 ? [] : [`(c) ${messageId} was answered, though it deserves silence`];
  return [
    ...(acknowledged && replyCount === 0 ? [`(a) ${messageId} was acknowledged and never answered`] : []),
    ...(replyCount > 1 ? [`(b) ${messageId} was answered ${replyCount} times`] : []),
    ...(acknowledged && interim ? [`(a) the answer to ${messageId} never became final`] : []),
  ];
}

/** Names the secret by its place in the list, so that the report does not hold it. */
function aboutSecrets({ said, secrets }: Evidence): string[] {
  return secrets.flatMap((secret, index) =>
    said.some((text) => text.includes(secret)) ? [`(g) secret ${index} is in what the bot said`] : [],
  );
}

function aboutProcesses({ resources, undead }: Evidence): string[] {
  return [
    ...resources.flatMap(({ rssBytes, fileCount }) => [
      ...(rssBytes > maxRssBytes ? [`(h) a process took ${Math.round(rssBytes / 1_048_576)} MiB`] : []),
      ...(fileCount > maxFileCount ? [`(h) a process held ${fileCount} files open`] : []),
    ]),
    ...undead.map((pid) => `(h) process ${pid} outlived its end`),
  ];
}

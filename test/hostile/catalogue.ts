/**
 * Rows of the catalogue that are not tried on the process in this folder: where they are proven, by the name of the test, and why not here.
 * And how the catalogue is decided where the outcome is another one.
 */

export interface Proof {
  readonly id: string;
  readonly input: string;
  readonly why: string;
  readonly tests: readonly { readonly file: string; readonly name: string }[];
}

const proof = (id: string, input: string, why: string, ...tests: (readonly [string, string])[]): Proof => ({
  id,
  input,
  why,
  tests: tests.map(([file, name]) => ({ file: `test/${file}`, name })),
});

export const provenElsewhere: readonly Proof[] = [
  proof('C50', 'the work behind an event fails', 'No input makes it fail; it takes a command with a bug.', [
    'app.test.ts',
    'tells the asker about a bug, and the log, but not what the bug said',
  ]),
  proof(
    'C51',
    'the work behind an event takes long',
    'Tried with the process in B17; the 8 s need a clock that can be moved.',
    ['app.test.ts', 'says after 8 s that it is still working'],
  ),
  proof(
    'W67',
    'a flood from one address',
    'Tried in sockets.test.ts. No 429 by address: behind a proxy all requests come from one, and a refusal costs one hash.',
    ['hostile/sockets.test.ts', 'is refused alike, harms no good request, and makes one line in 10 s'],
  ),
  proof(
    'W68',
    'a flood to fill the log',
    'Tried in sockets.test.ts; the 10 s need a clock that can be moved.',
    ['hostile/sockets.test.ts', 'is refused alike, harms no good request, and makes one line in 10 s'],
    ['transport/webhook.test.ts', 'writes one line in 10 s about a flood of refusals, with their reasons'],
  ),
  proof('W69', 'lengths that contradict each other', 'Tried in sockets.test.ts.', [
    'hostile/sockets.test.ts',
    'W69 lengths that contradict each other',
  ]),
  proof('W70', 'asks whether to go on, and never does', 'Tried in sockets.test.ts.', [
    'hostile/sockets.test.ts',
    'are let go when their time is over, and leave nothing open',
  ]),
  proof('W72', 'headers that are none', 'Tried in sockets.test.ts.', [
    'hostile/sockets.test.ts',
    'W71 and W72 headers',
  ]),
  proof('W93', 'other languages than HTTP/1.1', 'Tried in sockets.test.ts.', [
    'hostile/sockets.test.ts',
    'W93 other languages than HTTP/1.1',
  ]),
  proof(
    'K10',
    'somebody who was an agent a minute ago',
    'Takes a minute; proven with a clock that can be moved.',
    ['access.test.ts', 'older than 60 s is used for nobody'],
    ['services/agents.test.ts', '60 seconds, from the start of the read and whatever the wall clock does'],
  ),
  proof('K16', '200 commands in 10 s', 'Tried in commands.test.ts, on a process with a small budget.', [
    'hostile/commands.test.ts',
    'are answered within the budget, with one notice, and others are served meanwhile',
  ]),
  proof(
    'K25',
    'a confirmation of another person',
    'Nothing is confirmed by a token: a confirmation is a click, and the rights of whoever clicks count.',
    ['clicks.test.ts', 'the rights of a click'],
  ),
  proof(
    'K26',
    'the month’s calls are used up',
    'Calls rest for ten minutes then; proven with a clock that can be moved.',
    ['feishu/client.test.ts', 'stops calls, but for one every ten minutes'],
  ),
  proof('B05', 'the same button again, much later', 'Takes seconds; proven by the time of the click alone.', [
    'job.test.ts',
    'take the second click of a double click for the first, whoever delivers it',
  ]),
  proof('B20', 'the process dies around a click', 'Among the other ways to die.', [
    'e2e/faults/clicks.ts',
    'are worked on by the next process when this one is killed after its answer',
  ]),
  proof('B25', 'the storage is away at a click', 'Among the other faults.', [
    'e2e/faults/clicks.ts',
    'say so when they cannot be stored, and change nothing later',
  ]),
  proof('T16', '10,000 random texts', 'A law of the one place where text enters cards.', [
    'cards/untrusted.test.ts',
    'lets nothing through, alone or joined, over 10,000 strings',
  ]),
  proof('I06', 'a picture that never ends', 'Needs a server that drips; the sandbox sends whole answers.', [
    'feishu/http.test.ts',
    'never ends its answer is cut off where the limit is',
  ]),
  proof('R03', 'a packed bomb', 'Needs a server that packs; the sandbox does not.', [
    'feishu/http.test.ts',
    'packs a bomb is cut off by what it unpacks to',
  ]),
  proof(
    'R06',
    'a token with a line break',
    'The next one is asked for after 10 s; proven with a clock that can be moved.',
    ['feishu/client.test.ts', 'cannot be one that would break a header'],
  ),
];

/** Requests whose outcome is not the catalogue's, and why. Rows of the other tables carry their own notes. */
export const decidedOtherwise: Readonly<Record<string, string>> = {
  C04: '200: Feishu delivers again for 7 h 5 min and does not say whether it signs anew, so the window is 8 h; a replay is caught by its event id.',
  C07: '200: the same window holds in both directions.',
  C11: '401: the contract refuses plaintext, signed or not, as not authentic.',
  C20: '401: the same.',
  W80: '200, counted and left alone: four more deliveries would not make a number into an id.',
  W82: '200: nothing is cut on the way in; 200 words of a command are read, and cards are measured.',
};

/** Error codes of pictures, up and down. https://open.feishu.cn/document/server-docs/im-v1/image/create */

import type { CodeRow } from './codesRow.ts';

export const mediaCodes = [
  { code: 232096, endpoint: 'im', kind: 'passing', meaning: 'Feishu cannot store the picture now' },
  { code: 234019, endpoint: 'im', kind: 'passing', meaning: 'Feishu cannot read the picture now' },
  { code: 234001, endpoint: 'im', kind: 'invalid', meaning: 'a parameter of the picture call is wrong' },
  {
    code: 234002,
    endpoint: 'im',
    kind: 'setup',
    meaning: 'the app is not authorised for pictures',
    remedy: 'Check the app’s permissions and that a version is published.',
  },
  { code: 234005, endpoint: 'im', kind: 'deleted', meaning: 'the picture was deleted' },
  { code: 234006, endpoint: 'im', kind: 'bad_picture', meaning: 'the picture is over 10 MB' },
  {
    code: 234007,
    endpoint: 'im',
    kind: 'setup',
    meaning: 'the app has no bot',
    remedy: 'Turn on the bot in the developer console and publish a version.',
  },
  { code: 234008, endpoint: 'im', kind: 'forbidden', meaning: 'the picture was uploaded by another app' },
  { code: 234010, endpoint: 'im', kind: 'bad_picture', meaning: 'the picture is empty' },
  {
    code: 234011,
    endpoint: 'im',
    kind: 'bad_picture',
    meaning: 'the picture has a format that Feishu does not know',
  },
  { code: 234006, endpoint: 'fileUpload', kind: 'invalid', meaning: 'the file is over 30 MB' },
  { code: 234010, endpoint: 'fileUpload', kind: 'invalid', meaning: 'the file is empty' },
  { code: 234037, endpoint: 'im', kind: 'bad_picture', meaning: 'the file is over 100 MB' },
  { code: 234039, endpoint: 'im', kind: 'bad_picture', meaning: 'the picture has too many pixels' },
  { code: 234040, endpoint: 'im', kind: 'forbidden', meaning: 'the message is not visible to the bot' },
  {
    code: 234041,
    endpoint: 'im',
    kind: 'setup',
    meaning: 'the organisation’s encryption key was deleted',
    remedy: 'An administrator restores the key.',
  },
  {
    code: 234042,
    endpoint: 'im',
    kind: 'setup',
    meaning: 'the organisation’s storage refuses the picture',
    remedy: 'An administrator checks the organisation’s storage.',
  },
] as const satisfies readonly CodeRow[];

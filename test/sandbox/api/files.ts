import { newFileKey } from '../ids.ts';
import { inspectPicture } from '../pictureFormat.ts';
import { sizes } from '../rules.ts';
import type { World } from '../world.ts';
import type { ApiCall, Handler } from './answers.ts';
import { ok, okBytes, queryText, Refusal } from './answers.ts';
import { chatForBot, messageOf } from './messages.ts';

/** Pictures and files, up and down. */

const media = {
  invalid: () => new Refusal(400, 234001, 'Invalid request param.'),
  keyNotInMessage: () => new Refusal(400, 234003, 'File not in message.'),
  botOutside: () => new Refusal(400, 234004, 'App not in chat.'),
  deleted: () => new Refusal(400, 234005, 'Image has been deleted.'),
  tooBig: () => new Refusal(400, 234006, 'The file size exceed the max value.'),
  botOff: () => new Refusal(400, 234007, 'App does not enable bot feature.'),
  notUploader: () => new Refusal(400, 234008, 'App is not the resource sender.'),
  empty: () => new Refusal(400, 234010, "File's size can't be 0."),
  badFormat: () => new Refusal(400, 234011, "Can't regonnize the image format."),
  tooLarge: () => new Refusal(400, 234039, 'Image resolution exceeds limit.'),
} as const;

/** The bytes of a form's file; a part without a filename is no file. */
function upload(call: ApiCall, name: string, maxBytes: number) {
  const part = call.form?.get(name);
  if (part?.filename === undefined) throw media.invalid();
  if (part.data.length === 0) throw media.empty();
  if (part.data.length > maxBytes) throw media.tooBig();
  return { data: part.data, filename: part.filename };
}

const field = (call: ApiCall, name: string): string | undefined =>
  call.form?.get(name)?.data.toString('utf8');

/** The format is told by the bytes, not by the name. https://open.feishu.cn/document/server-docs/im-v1/image/create */
export const imageUpload: Handler = (call, { world }) => {
  if (!world.settings.botOn) throw media.botOff();
  const imageType = field(call, 'image_type');
  if (imageType !== 'message' && imageType !== 'avatar') throw media.invalid();
  const { data, filename } = upload(call, 'image', sizes.imageBytes);
  const seen = inspectPicture(data);
  if (seen === undefined) throw media.badFormat();
  const ordinaryPx = imageType === 'avatar' ? sizes.avatarPx : sizes.imagePx;
  const maxPx = seen.contentType === 'image/gif' ? sizes.gifPx : ordinaryPx;
  if (Math.max(seen.widthPx, seen.heightPx) > maxPx) throw media.tooLarge();
  const image = world.addImage({ bytes: data, imageType, filename, ...seen });
  return ok({ image_key: image.imageKey }, { made: image.imageKey });
};

/** Only what this bot uploaded for messages. https://open.feishu.cn/document/server-docs/im-v1/image/get */
export const image: Handler = (call, { world }) => {
  const found = world.images.get(call.params['imageKey'] ?? '');
  if (found === undefined) throw media.invalid();
  if (found.deleted) throw media.deleted();
  if (!found.byThisApp || found.imageType !== 'message') throw media.notUploader();
  return okBytes(found.bytes, found.contentType);
};

/** https://open.feishu.cn/document/server-docs/im-v1/file/create */
export const fileUpload: Handler = (call, { world }) => {
  if (!world.settings.botOn) throw media.botOff();
  const fileType = field(call, 'file_type');
  if (fileType === undefined || !['opus', 'mp4', 'pdf', 'doc', 'xls', 'ppt', 'stream'].includes(fileType)) {
    throw media.invalid();
  }
  if (field(call, 'file_name') === undefined) throw media.invalid();
  const { data } = upload(call, 'file', sizes.fileBytes);
  const key = newFileKey();
  world.resources.set(key, { bytes: () => data, contentType: 'application/octet-stream', deleted: false });
  return ok({ file_key: key }, { made: key });
};

/** What a person sent in a message. https://open.feishu.cn/document/server-docs/im-v1/message/get-2 */
export const messageResource: Handler = async (call, { world }) => {
  const kind = queryText(call, 'type');
  if (kind !== 'image' && kind !== 'file') throw media.invalid();
  const message = messageOf(world, call.params['messageId']);
  if (!inChat(world, message.chatId)) throw media.botOutside();
  if (message.msgType === 'interactive') throw new Refusal(400, 234043, 'Unsupported message type.');
  const resource = world.resources.get(`${message.messageId}/${call.params['fileKey']}`);
  if (resource === undefined || resource.deleted) throw media.keyNotInMessage();
  return okBytes(await resource.bytes(), resource.contentType);
};

function inChat(world: World, chatId: string): boolean {
  try {
    chatForBot(world, chatId);
    return true;
  } catch {
    return false;
  }
}

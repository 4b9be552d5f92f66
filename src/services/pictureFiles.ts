/** The bytes of a picture: from the bot's own upload where there is one, which outlives the original, else from where it was sent. */

import type { PictureFile, PictureSource } from '../domain.ts';
import { FeishuError } from '../errors.ts';
import { fileOf, inspect } from '../images/inspect.ts';
import type { Images } from './images.ts';
import { failureOf, fromSource, type PictureCalls } from './pictureWay.ts';

export interface PictureFiles {
  /** At most 10 MB. Never throws because of the picture: a failure is its state. */
  read(source: PictureSource): Promise<PictureFile>;
}

const pictureMaxBytes = 10 * 1_024 * 1_024;

export function createPictureFiles(
  deps: Pick<PictureCalls, 'ticketImage' | 'faqImage' | 'chatImage' | 'ownImage'> & {
    readonly images: Pick<Images, 'known'>;
  },
): PictureFiles {
  const { images, ownImage } = deps;
  const options = { maxBytes: pictureMaxBytes };

  const bytesOf = async (source: PictureSource): Promise<Uint8Array> => {
    const [known] = await images.known([source]);
    if (known?.state === 'ready') {
      try {
        return await ownImage(known.imageKey, options);
      } catch (error) {
        // Deleted, or another app's: the original may still be there.
        if (!(error instanceof FeishuError)) throw error;
      }
    }
    return fromSource(deps, source, options);
  };

  return {
    async read(source) {
      try {
        const bytes = await bytesOf(source);
        const found = await inspect(bytes);
        return found.ok ? { ok: true, bytes, mime: fileOf[found.type].mime } : found;
      } catch (error) {
        if (!(error instanceof FeishuError)) throw error;
        return { ok: false, reason: failureOf(error) };
      }
    },
  };
}

import type { EndpointName } from '../rules.ts';
import type { Handler } from './answers.ts';
import { botInfo, tenantToken } from './auth.ts';
import { readUsers, urgentApp, urgentPhone, urgentSms } from './buzz.ts';
import { cardUpdate } from './cardUpdate.ts';
import {
  chat,
  chatMembers,
  message,
  messages,
  pinCreate,
  pinDelete,
  pins,
  reactionCreate,
  reactionDelete,
} from './chats.ts';
import { fileUpload, image, imageUpload, messageResource } from './files.ts';
import {
  agentSchedules,
  categories,
  customizedFields,
  eventsSubscribe,
  faq,
  faqImage,
  faqSearch,
  faqs,
  legacyFields,
} from './knowledge.ts';
import { messageCreate, messageDelete, messagePatch, messageReply } from './messages.ts';
import { user, userIds } from './people.ts';
import { ticket, ticketImage, ticketMessages, tickets } from './tickets.ts';

/** Which code serves which row of the rules. */
export const handlers: Readonly<Record<EndpointName, Handler>> = {
  tenantToken,
  botInfo,
  ticket,
  tickets,
  ticketMessages,
  ticketImage,
  legacyFields,
  customizedFields,
  faqs,
  faqSearch,
  faq,
  faqImage,
  categories,
  agentSchedules,
  eventsSubscribe,
  messageCreate,
  messageReply,
  messagePatch,
  message,
  messageDelete,
  messages,
  messageResource,
  imageUpload,
  image,
  fileUpload,
  chat,
  chatMembers,
  pinCreate,
  pinDelete,
  pins,
  reactionCreate,
  reactionDelete,
  urgentApp,
  urgentSms,
  urgentPhone,
  readUsers,
  user,
  userIds,
  cardUpdate,
};

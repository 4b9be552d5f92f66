/**
 * What every part of the page shares: the sandbox's state, the reader's choices, and the things one can do.
 *
 * @typedef {object} App
 * @property {import('./api.js').State} state
 * @property {string} me open_id of the person who is using the page
 * @property {string | undefined} chatId
 * @property {string | undefined} threadRoot message_id of the thread that is open at the side
 * @property {string | undefined} replying message_id that the next message answers
 * @property {import('./words.js').Lang} lang
 * @property {(word: import('./words.js').Word) => string} t
 * @property {Map<string, number>} seenMs when each chat was last looked at
 * @property {() => import('./api.js').StateChat | undefined} chat
 * @property {(id: string) => string} imageUrl
 * @property {(messageId: string) => import('./card.js').CardContext} cardContext
 * @property {(chatId: string | undefined) => void} openChat
 * @property {(rootId: string | undefined) => void} openThread
 * @property {(messageId: string | undefined) => void} replyTo
 * @property {(openId: string) => void} becomePerson
 * @property {(keys: string[], index: number) => void} preview
 * @property {(message: import('./api.js').StateMessage) => void} showJson
 * @property {(text: string, options: SendOptions) => Promise<void>} send
 *
 * @typedef {{ mention: boolean, replyTo?: string | undefined, inThread?: boolean }} SendOptions
 */

/**
 * The chats that a person can see.
 * @param {App} app
 */
export const chatsOf = (app) => app.state.chats.filter((chat) => chat.members.includes(app.me));

/**
 * @param {App} app
 * @param {string} chatId
 */
export const messagesOf = (app, chatId) => app.state.messages.filter((message) => message.chatId === chatId);

/**
 * True for a message that lives inside a thread and not at its head. The head may answer a message outside of the thread.
 * @param {App} app
 * @param {import('./api.js').StateMessage} message
 */
export const isThreadReply = (app, message) =>
  message.threadId !== undefined &&
  message.rootId !== undefined &&
  app.state.messages.find((one) => one.messageId === message.rootId)?.threadId === message.threadId;

/**
 * The message under which a thread hangs: that of the message's thread, or the message itself.
 * @param {App} app
 * @param {import('./api.js').StateMessage} message
 */
export const headOf = (app, message) =>
  isThreadReply(app, message) ? (message.rootId ?? message.messageId) : message.messageId;

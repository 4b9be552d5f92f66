/** The SDK's own express adapter: checks the signature, decrypts, and calls a handler that does nothing. Nothing is stored. */

import * as sdk from '@larksuiteoapi/node-sdk';
import express from 'express';

const dispatcher = new sdk.EventDispatcher({
  encryptKey: process.env['FEISHU_ENCRYPT_KEY'] ?? '',
  loggerLevel: sdk.LoggerLevel.error,
}).register({ 'im.message.receive_v1': () => ({}) });

const app = express();
app.get('/', (_request, response) => {
  response.send('ready');
});
app.use(express.json());
app.use('/webhook/event', sdk.adaptExpress(dispatcher, { autoChallenge: true }));
app.listen(Number(process.env['PORT']), '127.0.0.1');

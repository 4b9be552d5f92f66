/** The least that an express server does with an event: reads the JSON and says that it has it. */

import express from 'express';

const app = express();
app.get('/', (_request, response) => {
  response.send('ready');
});
app.post('/webhook/event', express.json(), (_request, response) => {
  response.json({});
});
app.listen(Number(process.env['PORT']), '127.0.0.1');

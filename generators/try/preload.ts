/**
 * Loaded by Node before the application. Its HTTP server listens on our port, whatever port the code or a variable of the
 * project names: another instance may run on that. It ends if the generator ended in a hard way.
 */
export const PRELOAD = `'use strict';
const http = require('node:http');
const net = require('node:net');
const { listen } = net.Server.prototype;
let port = Number(process.env.AUTHENTICATION_TRY_PORT);
net.Server.prototype.listen = function (...given) {
  if (!(this instanceof http.Server)) return listen.apply(this, given);
  const callback = given.find((each) => typeof each === 'function');
  const ours = { port, host: '127.0.0.1' };
  port = 0;
  return callback === undefined ? listen.call(this, ours) : listen.call(this, ours, callback);
};
const generator = Number(process.env.AUTHENTICATION_TRY_PID);
setInterval(() => {
  try {
    process.kill(generator, 0);
  } catch {
    process.exit(1);
  }
}, 1000).unref();
`;

// Takes the place of @vscode/spdlog, a compiled module, in the VS Code server that the tests and `npm start` use.
// Without it the server has no logs, and what extensions write to output channels is lost. Files are not rotated:
// such a server runs for minutes.

'use strict';

const { appendFileSync, mkdirSync } = require('node:fs');
const { dirname } = require('node:path');

const names = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];

class Logger {
  constructor(_type, _name, file) {
    this.file = file;
    this.level = 2;
    this.format = (level, message) => `${new Date().toISOString()} [${names[level]}] ${message}\n`;
    mkdirSync(dirname(file), { recursive: true });
  }
  write(level, message) {
    if (level >= this.level) appendFileSync(this.file, this.format(level, message));
  }
  trace(message) {
    this.write(0, message);
  }
  debug(message) {
    this.write(1, message);
  }
  info(message) {
    this.write(2, message);
  }
  warn(message) {
    this.write(3, message);
  }
  error(message) {
    this.write(4, message);
  }
  critical(message) {
    this.write(5, message);
  }
  getLevel() {
    return this.level;
  }
  setLevel(level) {
    this.level = level;
  }
  clearFormatters() {
    this.format = (_level, message) => message;
  }
  setPattern() {}
  flush() {}
  drop() {}
}

async function createLogger(name, file) {
  return new Logger('rotating', name, file);
}

exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = createLogger;
exports.createAsyncRotatingLogger = createLogger;

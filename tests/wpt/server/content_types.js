// The media type of a static file, by the end of its name.

const byEnd = {
  css: 'text/css',
  event_stream: 'text/event-stream',
  gif: 'image/gif',
  htm: 'text/html',
  html: 'text/html',
  jpg: 'image/jpeg',
  js: 'text/javascript',
  json: 'application/json',
  md: 'text/plain',
  mjs: 'text/javascript',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  ogg: 'audio/ogg',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain',
  vtt: 'text/vtt',
  wasm: 'application/wasm',
  wav: 'audio/x-wav',
  webm: 'video/webm',
  xht: 'application/xhtml+xml',
  xhtml: 'application/xhtml+xml',
  xml: 'application/xml',
};

export function contentTypeOf(path) {
  return byEnd[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
}

import { renderToReadableStream } from 'react-dom/server.edge';
import { ServerRouter } from 'react-router';

export default async function handleRequest(request, status, headers, context) {
  const body = await renderToReadableStream(<ServerRouter context={context} url={request.url} />, {
    onError() {
      status = 500;
    },
  });
  if (request.headers.get('user-agent')?.includes('bot')) await body.allReady;
  headers.set('Content-Type', 'text/html');
  return new Response(body, { headers, status });
}

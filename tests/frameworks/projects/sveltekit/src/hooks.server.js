export async function handle({ event, resolve }) {
  event.locals.user = event.cookies.get('user') ?? 'nobody';
  const response = await resolve(event);
  response.headers.set('x-hook', event.route.id ?? 'none');
  return response;
}

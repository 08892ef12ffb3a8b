import { error, json } from '@sveltejs/kit';

export const GET = ({ url }) => {
  if (url.searchParams.has('bad')) error(418, 'a teapot');
  return json({ got: Object.fromEntries(url.searchParams) }, { headers: { 'x-api': '1' } });
};
export const POST = async ({ request, cookies }) => {
  cookies.set('seen', 'yes', { path: '/', httpOnly: true, secure: false });
  return json({ twice: (await request.json()).n * 2 }, { status: 201 });
};

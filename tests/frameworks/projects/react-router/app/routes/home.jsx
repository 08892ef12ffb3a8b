export const meta = () => [{ title: 'Home' }];

export function loader({ request, context }) {
  const { searchParams } = new URL(request.url);
  if (searchParams.has('missing')) throw new Response('none', { status: 404 });
  return { query: searchParams.get('q'), word: context.cloudflare.env.WORD };
}

export const headers = () => ({ 'x-route': 'home' });

export default function Home({ loaderData }) {
  return (
    <h1>
      Hello {loaderData.query} {loaderData.word}
    </h1>
  );
}

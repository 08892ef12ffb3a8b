export const prerender = false;

export const GET = ({ url }) => Response.json({ got: Object.fromEntries(url.searchParams) });
export const POST = async ({ request }) => Response.json({ twice: (await request.json()).n * 2 }, { status: 201 });

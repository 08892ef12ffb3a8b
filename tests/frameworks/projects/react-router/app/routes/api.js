export const loader = ({ request }) =>
  Response.json({ method: request.method }, { headers: { 'x-api': '1' } });
export const action = async ({ request }) =>
  Response.json({ twice: (await request.json()).n * 2 }, { status: 201 });

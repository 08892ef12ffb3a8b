import { Form, redirect } from 'react-router';

export async function action({ request }) {
  const form = await request.formData();
  if (form.get('name') === 'away') return redirect('/', { headers: { 'set-cookie': 'a=1' } });
  return { name: form.get('name') };
}

export default function Page({ actionData }) {
  return (
    <Form method="post">
      <input name="name" />
      {actionData ? <p>got {actionData.name}</p> : null}
    </Form>
  );
}

"""Students' code cells run here: in bubblewrap, without network, away from keys, gradebook and other submissions.

On the grader's side: `bubblewrap` says what a sandbox sees, `zygotes` keeps warm ones, `provisioner` is what jupyter_client
asks for a kernel, `manager` joins both for nbgrader's Execute, `files` gathers a private copy of a submission, `outputs`
bounds and checks what comes back. Within: `inside` (standard library and ipykernel only).

Why a fork server and not a pool of single-use kernels: importing ipykernel, pandas and matplotlib takes most of a kernel's
start, and that is processor time, of which two cores have no more when it is spent ahead. So one process per sandbox (the
zygote) imports once and forks. A child is not trusted with anything of it: before any student's code runs, the child is in
process, mount and IPC namespaces of its own, which hold no other process; it has no capabilities, no way to new namespaces,
no descriptor but its own sockets, and a system call filter. One zygote serves one notebook at a time, so two students never
share even the (empty) network; it holds nothing secret, and is replaced after some notebooks.
"""

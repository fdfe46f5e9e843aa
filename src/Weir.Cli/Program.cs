// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Commands;

if (args is [FlowStoreCommand.Name, .. var rest])
{
    return await FlowStoreCommand.RunAsync(rest);
}

return 0;

// SPDX-License-Identifier: Apache-2.0
using Weir.Store.Embedded;
using Weir.Wire.Native;

namespace Weir.Cli.Commands.Processes;

/// <summary><c>weir flowstore</c>: the child process that holds the embedded flow store.
/// Started by Weir itself.</summary>
public static class FlowStoreCommand
{
    public const string Name = "flowstore";

    /// <param name="arguments">What follows the command's name.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>0 after a stop, 2 for a wrong argument, 1 where the store cannot be opened.</returns>
    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancel = default)
    {
        if (FlowStoreServerOptions.TryRead(arguments, out var fault) is not { } options)
        {
            await Console.Error.WriteLineAsync(fault);
            return 2;
        }

        try
        {
            await new FlowStoreServer(options).RunAsync(cancel);
            return 0;
        }
        catch (StoreException refused)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return 1;
        }
        catch (IOException refused)
        {
            await Console.Error.WriteLineAsync($"the socket '{options.Socket}' cannot be opened: {refused.Message}");
            return 1;
        }
    }
}

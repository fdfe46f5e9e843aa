// SPDX-License-Identifier: Apache-2.0
//
// The flow store as somebody beside a running collector reaches it: the embedded engine through the socket that its
// process listens on, or, where nothing runs, by starting the engine for the time of the look.
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Cli.Configuring;
using Weir.Hosting.Sections;
using Weir.Store.ClickHouse;
using Weir.Store.Engine;
using Weir.Wire.Native;

namespace Weir.Cli.Retaining;

internal static class RetentionStoreAccess
{
    /// <returns>The store; or null, with the reason, or with none where there is no store yet.</returns>
    public static async Task<(FlowStore? Store, string Fault)> TryOpenAsync(
        StoreOptions settings, TimeProvider time, CancellationToken cancel)
    {
        try
        {
            if (settings.Embedded is not { } folder)
            {
                return (
                    await FlowStore.OpenServerAsync(
                        StoreAddress.For(settings), time, NullLoggerFactory.Instance, cancel),
                    "");
            }

            if (!Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any())
            {
                return (null, "");
            }

            foreach (var socket in Directory.EnumerateFiles(folder, "*.sock").Where(IsServed))
            {
                return (
                    await FlowStore.OpenServerAsync(
                        StoreAddress.ForSocket(socket), time, NullLoggerFactory.Instance, cancel),
                    "");
            }

            return (await FlowStore.OpenEmbeddedAsync(folder, time, NullLoggerFactory.Instance, cancel), "");
        }
        catch (Exception failure) when (failure is StoreException or HttpRequestException
            or IOException or UnauthorizedAccessException or FormatException)
        {
            return (null, $"the flow store does not answer: {failure.Message}");
        }
    }

    /// <summary>A socket is named after the process that asked for it; one whose process is
    /// gone is left over.</summary>
    private static bool IsServed(string socket) =>
        Directory.Exists(Path.Combine("/proc", Path.GetFileNameWithoutExtension(socket)));
}

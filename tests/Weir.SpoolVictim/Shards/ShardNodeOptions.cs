// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.SpoolVictim.Shards;

/// <summary>A node's arguments, in this order.</summary>
/// <param name="Folder">The engine's.</param>
/// <param name="HttpsPort">Of its HTTP interface.</param>
/// <param name="NativePort">Of its native protocol.</param>
/// <param name="Certificate">PEM file.</param>
/// <param name="Key">PEM file.</param>
/// <param name="Reader">User and password of who asks, with a colon.</param>
/// <param name="Loader">Of who inserts.</param>
/// <param name="QueryMemory">Octets that a query of the native protocol may take; 0 = as the engine has it.</param>
internal sealed record ShardNodeOptions(
    string Folder, int HttpsPort, int NativePort, string Certificate, string Key, string Reader)
{
    public required string Loader { get; init; }

    public long QueryMemory { get; init; }

    public static ShardNodeOptions Read(string[] arguments) => new(
        arguments[0], Number(arguments[1]), Number(arguments[2]), arguments[3], arguments[4], arguments[5])
    {
        Loader = arguments[6],
        QueryMemory = long.Parse(arguments[7], CultureInfo.InvariantCulture),
    };

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Store.Embedded;

/// <summary>Settings of the child that holds the embedded engine.</summary>
public sealed record FlowStoreServerOptions
{
    /// <summary>The engine's directory; made with mode 0700 where it is not there.</summary>
    public required string Directory { get; init; }

    /// <summary>The Unix socket to answer on, mode 0600; at most 107 octets long.</summary>
    public required string Socket { get; init; }

    /// <summary>Whether the socket's folder was made for it alone, and goes with it.</summary>
    public bool HasSocketFolder { get; init; }

    /// <summary>Octets of memory all queries together may take. Default 1.5 GiB, at least 256 MiB.</summary>
    public long MemoryLimit { get; init; } = 1_536L << 20;

    /// <summary>Queries at once; further ones wait. 1 to 64, default 8.</summary>
    public int Connections { get; init; } = 8;

    /// <summary>The engine's own configuration file, which names shards; null = none.</summary>
    public string? Config { get; init; }

    /// <summary>The command line that <see cref="TryRead"/> reads.</summary>
    public string[] ToArguments() =>
    [
        "--dir", Directory, "--socket", Socket,
        "--memory", MemoryLimit.ToString(CultureInfo.InvariantCulture),
        "--connections", Connections.ToString(CultureInfo.InvariantCulture),
        .. Config is null ? Array.Empty<string>() : ["--config", Config],
    ];

    /// <summary>Reads a command line; null with one sentence naming the argument and the mend
    /// where it is wrong.</summary>
    public static FlowStoreServerOptions? TryRead(ReadOnlySpan<string> arguments, out string fault)
    {
        string? directory = null, socket = null, config = null;
        var memory = 1_536L << 20;
        var connections = 8;
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            var taken = arguments[i] switch
            {
                "--dir" => (directory = value).Length > 0,
                "--socket" => (socket = value).Length > 0,
                "--config" => (config = value).Length > 0,
                "--memory" => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out memory)
                    && memory >= 256L << 20,
                "--connections" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out connections)
                    && connections is >= 1 and <= 64,
                _ => false,
            };
            if (!taken)
            {
                fault = $"flowstore: '{arguments[i]} {value}' is not understood; it takes --dir D --socket S [--memory "
                    + "OCTETS, at least 268435456] [--connections 1..64] [--config FILE]";
                return null;
            }
        }

        fault = directory is null || socket is null ? "flowstore: --dir and --socket are needed" : "";
        return fault.Length > 0
            ? null
            : new()
            {
                Directory = directory!, Socket = socket!, MemoryLimit = memory, Connections = connections,
                Config = config,
            };
    }
}

// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Peers;

/// <summary>The version of what processes say to each other, sent with every request.</summary>
public static class PeerSchema
{
    /// <summary>Header that carries the version, a decimal number.</summary>
    public const string Header = "weir-schema";

    /// <summary>The version this program speaks.</summary>
    public const int Current = 1;
}

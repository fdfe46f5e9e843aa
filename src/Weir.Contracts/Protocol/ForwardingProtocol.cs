// SPDX-License-Identifier: Apache-2.0
//
// What collectors say to each other: flows of networks that the other one owns.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Contracts.Protocol;

/// <summary>Routes of a collector that owns networks.</summary>
public static class ForwardingRoutes
{
    /// <summary>POST octets of a batch of flows → <see cref="ForwardReceipt"/>.</summary>
    public const string Flows = "collector/flows";
}

/// <summary>Codes of refusals beside those that every route has.</summary>
public static class ForwardingCodes
{
    /// <summary>409: the two collectors have other rows of who owns what.</summary>
    public const string OtherOwners = "other-owners";

    /// <summary>403: no row of <c>owners.collectors</c> has a collector of that name.</summary>
    public const string UnknownCollector = "unknown-collector";

    /// <summary>400: the batch is of a version that this program does not read.</summary>
    public const string OtherVersion = "other-version";

    /// <summary>503: this collector takes nothing while its disk is full.</summary>
    public const string Stopped = "intake-stopped";
}

/// <summary>A batch was answered for: it waits nowhere any more.</summary>
/// <param name="Run">Which run of the owner answers: sixteen hexadecimal digits.</param>
/// <param name="IsTaken">False for one that a run before this may have taken, and that would count twice.</param>
public sealed record ForwardReceipt(string Run, bool IsTaken);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ForwardReceipt))]
public sealed partial class ForwardingJson : JsonSerializerContext;

// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.Approvals;

namespace Weir.Vault.Approving;

/// <summary>A request as the vault keeps it: a file each, until it expires.</summary>
/// <param name="Leave">Number of the leave at the desk.</param>
/// <param name="Request">What is signed.</param>
internal sealed record ApprovalRecord(string Leave, ApprovalRequest Request)
{
    /// <summary>Who asked, as the desk said; empty of a request from before it did.</summary>
    public string AskedBy { get; init; } = "";

    /// <summary>Signatures that hold, each of another person.</summary>
    public IReadOnlyList<ApprovalSignature> Signatures { get; init; } = [];

    /// <summary>Whose they are.</summary>
    public IReadOnlyList<string> SignedBy { get; init; } = [];

    /// <summary>What it was used up for; empty while it was not.</summary>
    public string UsedFor { get; init; } = "";

    /// <summary>What it was used for is over: nothing comes of it any more.</summary>
    public bool IsClosed { get; init; }

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, ApprovalRecordJson.Default.ApprovalRecord);

    /// <exception cref="JsonException">It is none.</exception>
    public static ApprovalRecord Read(ReadOnlySpan<byte> octets) =>
        JsonSerializer.Deserialize(octets, ApprovalRecordJson.Default.ApprovalRecord)
        ?? throw new JsonException("it holds nothing");
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ApprovalRecord))]
internal sealed partial class ApprovalRecordJson : JsonSerializerContext;

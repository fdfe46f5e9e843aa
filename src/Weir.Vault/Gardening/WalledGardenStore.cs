// SPDX-License-Identifier: Apache-2.0
//
// What stands and what was asked, a file for each case, sealed under a key derived from the case's own and destroyed
// with it. It is written before anything is sent: an order that a crash cut off is known as asked and not done, one
// that was done is answered with the proof it had.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.AccessControl;
using Weir.Contracts.Scopes;
using Weir.Vault.Sealing;

namespace Weir.Vault.Gardening;

/// <summary>The latest order of a case and what stands.</summary>
/// <param name="Asked">Word of the garden that was asked for.</param>
/// <param name="Digest">Of the order.</param>
/// <param name="IsDone">The access system confirmed it.</param>
/// <param name="Way">How.</param>
/// <param name="Reply">What was said.</param>
/// <param name="At">When.</param>
/// <param name="Standing">Word of the garden that sessions of the line are put in.</param>
/// <param name="Sessions">Marks of the sessions that are in it.</param>
/// <param name="Exempt">What stays open in it.</param>
internal sealed record WalledGardenState(
    string Asked, string Digest, bool IsDone, string Way, string Reply, DateTimeOffset At, string Standing,
    IReadOnlyList<string> Sessions, IReadOnlyList<string> Exempt)
{
    public static WalledGardenState Nothing { get; } = new("none", "", true, "", "", default, "none", [], []);

    [JsonIgnore]
    public WalledGarden Garden => WalledGardenNames.Parse(Standing);

    /// <summary>Something may be in force at the access system.</summary>
    [JsonIgnore]
    public bool MayRestrict => Garden != WalledGarden.None || (!IsDone && Digest.Length > 0);

    [JsonIgnore]
    public WalledGardenResult Proof => new(IsDone, Way, Reply, At);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(WalledGardenState))]
internal sealed partial class WalledGardenJsonContext : JsonSerializerContext;

/// <summary>The states of all cases that had an order. Safe for any thread, one writer for each case.</summary>
internal sealed class WalledGardenStore(CaseSealStore seals)
{
    private const string File = "garden";

    /// <exception cref="InvalidDataException">The file does not fit its key.</exception>
    public WalledGardenState GetState(CaseId id) =>
        seals.OpenBeside(id, File) is { } plain
            ? JsonSerializer.Deserialize(plain, WalledGardenJsonContext.Default.WalledGardenState)
                ?? WalledGardenState.Nothing
            : WalledGardenState.Nothing;

    /// <summary>Durable when it returns.</summary>
    public void Write(CaseId id, WalledGardenState state) => seals.CloseBeside(
        id, File, JsonSerializer.SerializeToUtf8Bytes(state, WalledGardenJsonContext.Default.WalledGardenState));

    /// <summary>Every case whose line stands in a garden.</summary>
    public IEnumerable<(CaseId Case, WalledGardenState State)> Standing() =>
        seals.All().Select(id => (Case: id, State: GetState(id))).Where(one => one.State.Garden != WalledGarden.None);

    /// <summary>SHA-256 over all of an order: the same for the same order only.</summary>
    public static string Digest(WalledGardenOrder order) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            string.Join(
                '\n', order.Case, order.Scope, WalledGardenNames.ToName(order.Garden), order.By.Trim(),
                order.Reason.Trim(), string.Join(' ', order.Exempt)))));

    public static string Mark(UInt128 session) => session.ToString("x32", CultureInfo.InvariantCulture);
}

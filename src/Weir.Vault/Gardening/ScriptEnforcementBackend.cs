// SPDX-License-Identifier: Apache-2.0
//
// The garden by a program of the provider: what it needs comes as JSON on its standard input, no shell between; exit
// code 0 confirms. Its words may hold names, so of a failure only what names nobody goes further.
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.AccessControl;
using Weir.Hosting.Channels;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Radius;

namespace Weir.Vault.Gardening;

/// <summary>One session as the program gets it; empty where accounting did not tell.</summary>
internal sealed record EnforcementScriptSession(string User, string Session, string NasIdentifier, string NasPortId);

/// <summary>What the program gets, schema <c>weir.garden/1</c>.</summary>
internal sealed record EnforcementScriptOrder(
    string Schema, string Case, string Garden, string Line, IReadOnlyList<string> Addresses,
    IReadOnlyList<EnforcementScriptSession> Sessions, IReadOnlyList<string> Exempt);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(EnforcementScriptOrder))]
internal sealed partial class EnforcementScriptJsonContext : JsonSerializerContext;

/// <summary>Hands lines to a program. Safe for any thread.</summary>
internal sealed class ScriptEnforcementBackend(IMessageSender script, TimeSpan patience, TimeProvider time)
    : IEnforcementBackend
{
    public const string Schema = "weir.garden/1";

    private const int LongestReply = 200;

    public string Name => "script";

    public bool IsPerSession => false;

    public async Task<EnforcementResult> ApplyAsync(
        WalledGardenLine line, IReadOnlyList<SubscriberSession> sessions, WalledGarden garden, CancellationToken cancel)
    {
        var order = new EnforcementScriptOrder(
            Schema, line.Case.ToString(), WalledGardenNames.ToName(garden), line.Line, line.Networks,
            [.. sessions.Select(Session)], line.Exempt);
        using var end = new CancellationTokenSource(patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, end.Token);
        try
        {
            return new(true, false, await script.SendAsync(
                JsonSerializer.SerializeToUtf8Bytes(order, EnforcementScriptJsonContext.Default.EnforcementScriptOrder),
                both.Token));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new(false, false, FormattableString.Invariant($"no end within {patience.TotalSeconds:0.###} s"));
        }
        catch (ChannelException failed)
        {
            return new(false, false, Nameless(failed.Message, order));
        }
    }

    private static EnforcementScriptSession Session(SubscriberSession session) => new(
        Text(session, SessionIdentification.UserName), Text(session, SessionIdentification.AcctSessionId),
        Text(session, SessionIdentification.NasIdentifier), Text(session, SessionIdentification.NasPortId));

    private static string Text(SubscriberSession session, byte type) =>
        Encoding.UTF8.GetString(SessionIdentification.Find(session.Identification, type));

    /// <summary>A sentence without anything that the program was told.</summary>
    private static string Nameless(string said, EnforcementScriptOrder order)
    {
        var told = order.Addresses.Concat(order.Addresses.Select(network => network.Split('/')[0])).Append(order.Line)
            .Concat(order.Sessions.SelectMany(session => (string[])[session.User, session.Session, session.NasPortId]))
            .Where(word => word.Length > 0).OrderByDescending(word => word.Length);
        foreach (var word in told)
        {
            said = said.Replace(word, "…", StringComparison.OrdinalIgnoreCase);
        }

        return said.Length > LongestReply ? said[..LongestReply] : said;
    }
}

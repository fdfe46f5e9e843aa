// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Hosting.GoBgp;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Serving;
using Weir.Tests.Support;
using Weir.Tests.Vault.Support;
using Weir.Vault;
using Weir.Wire;

namespace Weir.Tests.VaultProcess;

/// <summary>Property: whatever the desk asks, in whatever order, for lines of every kind, no answer holds an address or
/// a line's name, but the disclosure that two people ordered.</summary>
public sealed class DeskPropertyTests
{
    private static readonly (string Address, ushort? Port, string Line)[] Lines =
    [
        ("10.0.0.7", null, ""), ("2001:db8:1:200::", null, ""), ("10.9.0.1", null, "user:ann"),
        ("192.0.2.1", 1_500, "user:bob"),
    ];

    [Fact]
    public async Task No_answer_to_the_desk_says_where_or_who_but_the_disclosure()
    {
        await using var house = await VaultHouse.OpenAsync(options => options with
        {
            Settings = SmallVault.Configured(options) with
            {
                Vault = SmallVault.Configured(options).Vault with
                {
                    LineRoutes = new() { Gobgp = GoBgpAddress.Parse("127.0.0.1:1"), Asn = 64500 },
                },
            },
        });
        house.Identity.Add("10.9.0.1/32", "user:ann", SmallVault.NowMs - 1_000);
        house.Identity.Add("192.0.2.1/32", "user:bob", SmallVault.NowMs - 1_000, portFrom: 1_024, portTo: 2_047);
        using var desk = house.As(PeerRoles.Desk);
        var random = new Random(48);
        Dictionary<string, int> answered = [];
        for (var i = 0; i < 400; i++)
        {
            var (path, ask) = await RequestAsync(house, desk, random, i);
            var answer = await AnswerAsync(desk, path, ask);
            answered[path] = answered.GetValueOrDefault(path) + (answer.IsRefused ? 0 : 1);
            if (path == VaultRoutes.Disclose && !answer.IsRefused)
            {
                Assert.Contains(Lines, line => Says(answer.Text, line.Address, line.Line));
                continue;
            }

            Assert.All(Lines, line => Assert.False(
                Says(answer.Text, line.Address, line.Line), $"{path} answered {answer.Text}"));
        }

        // Every route of the desk that takes a body was answered at least once, so the property is about answers.
        var routes = new PeerRoutes();
        VaultDoor.Map(house.Get<IServiceProvider>(), routes);
        foreach (var path in new[]
        {
            VaultRoutes.Seal, VaultRoutes.Reissue, VaultRoutes.Complaint, VaultRoutes.Disclose, VaultRoutes.Protected,
            VaultRoutes.LineRoute, VaultRoutes.LineRoutes, VaultRoutes.Status, VaultRoutes.Retention,
        })
        {
            Assert.True(answered.GetValueOrDefault(path) > 0, $"{path} was never answered");
        }
    }

    private static bool Says(string text, string address, string line) =>
        text.Contains(address.TrimEnd(':'), StringComparison.Ordinal)
        || (line.Length > 0 && text.Contains(line, StringComparison.Ordinal));

    private static async Task<(string Path, byte[]? Ask)> RequestAsync(
        VaultHouse house, PeerClient desk, Random random, int i)
    {
        var at = random.Next(Lines.Length);
        var (address, port, line) = Lines[at];
        var id = new CaseId((ulong)at + 1);
        var name = line.Length == 0 ? house.NameOf(address) : await NameAsync(desk, address, port, house, i);
        var order = ScopeOrderFields.From(SignedOrders.Make(
            house.Collector, id, name, new ScopeId((ulong)at + 1), house.Clock.GetUtcNow()));
        var number = RequestNumber.Create();
        var json = VaultJson.Default;
        return random.Next(10) switch
        {
            0 or 1 => (VaultRoutes.Seal, JsonSerializer.SerializeToUtf8Bytes(new(number, order), json.SealAsk)),
            2 => (VaultRoutes.Reissue, JsonSerializer.SerializeToUtf8Bytes(
                new(number, [id.ToString()], SmallVault.Now + 1), json.ReissueAsk)),
            3 => (VaultRoutes.Complaint, Complaint(address, port, house, i)),
            4 => (VaultRoutes.Disclose, JsonSerializer.SerializeToUtf8Bytes(
                new(number, order, "ann", "analyst", "otto", "privacy-officer", "the customer is to be called back",
                    $"a-{i}"),
                json.DiscloseAsk)),
            5 => (VaultRoutes.Protected, JsonSerializer.SerializeToUtf8Bytes(
                new(number, order), json.ProtectedAsk)),
            6 => (VaultRoutes.LineRoute, JsonSerializer.SerializeToUtf8Bytes(
                new(number, order, $"b-{at + 1:x16}", "flowspec 198.51.100.7/32 tcp 443 discard line=erased",
                    house.Clock.GetUtcNow().AddDays(3)),
                json.LineRouteAsk)),
            7 => (VaultRoutes.LineRoutes, null),
            8 => (VaultRoutes.Status, null),
            _ => (VaultRoutes.Retention, null),
        };
    }

    private static byte[] Complaint(string address, ushort? port, VaultHouse house, int i)
    {
        var now = house.Clock.GetUtcNow();
        var ms = now.ToUnixTimeMilliseconds();
        return JsonSerializer.SerializeToUtf8Bytes(
            new ComplaintAsk(
                RequestNumber.Create(), new ScopeId(0xC000 + (ulong)(i % 15)).ToString(), "peer", address, port, now,
                ClassFields.From(SignedOrders.Class), ms - 1_000, ms + 1_000),
            VaultJson.Default.ComplaintAsk);
    }

    /// <summary>The name of a line whose address changes hands, as a complaint about it gives it; of nobody where the
    /// day's complaints are used up.</summary>
    private static async Task<SubjectKey> NameAsync(
        PeerClient desk, string address, ushort? port, VaultHouse house, int i)
    {
        var answer = await AnswerAsync(desk, VaultRoutes.Complaint, Complaint(address, port, house, i));
        return !answer.IsRefused
            && JsonSerializer.Deserialize(answer.Text, VaultJson.Default.AttributedSubject)?.Subject is { } text
            && SubjectKey.TryParse(text, out var name)
            ? name
            : new SubjectKey(1);
    }

    private static async Task<(string Text, bool IsRefused)> AnswerAsync(PeerClient desk, string path, byte[]? ask)
    {
        try
        {
            if (ask is null)
            {
                return (await desk.GetRawAsync(path, ReadAsync), false);
            }

            using var body = new MemoryStream(ask);
            using var answer = await desk.PostRawAsync(path, body, AnyJson.Default.JsonDocument);
            return (answer.RootElement.GetRawText(), false);
        }
        catch (PeerRefusedException refused)
        {
            return (refused.Message, true);
        }
    }

    /// <summary>Reads an answer's octets as text.</summary>
    private static async Task<string> ReadAsync(Stream body, CancellationToken cancel) =>
        await new StreamReader(body, Encoding.UTF8).ReadToEndAsync(cancel);
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonDocument))]
internal sealed partial class AnyJson : System.Text.Json.Serialization.JsonSerializerContext;

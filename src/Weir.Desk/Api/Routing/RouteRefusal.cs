// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Policy;
using Weir.Desk.Policy;

namespace Weir.Desk.Api.Routing;

/// <summary>As what a call by a wrong role is put on record. It is what the caller would have asked for.</summary>
internal abstract record RouteRefusal
{
    /// <summary>A request to the policy engine: recorded, and counted for the privacy officer.</summary>
    public static implicit operator RouteRefusal(Request request) => new Counted(request);

    /// <summary>An act that the engine does not decide: recorded alone.</summary>
    /// <param name="act">One of <see cref="Hosting.Auditing.AuditActions"/>.</param>
    /// <param name="what">What it was about; empty where the act says it.</param>
    public static RouteRefusal Of(string act, string what) => new Noted(act, what);

    /// <summary>Puts it on record and gives the refusal.</summary>
    public abstract Task<Decision.Deny> RecordAsync(
        RefusalBook book, Actor actor, string why, CancellationToken cancel);

    private sealed record Counted(Request Request) : RouteRefusal
    {
        public override async Task<Decision.Deny> RecordAsync(
            RefusalBook book, Actor actor, string why, CancellationToken cancel) =>
                (Decision.Deny)await book.Engine.RefuseAsync(actor, Request, DenyCode.RoleMayNot, why, cancel);
    }

    private sealed record Noted(string Act, string What) : RouteRefusal
    {
        public override async Task<Decision.Deny> RecordAsync(
            RefusalBook book, Actor actor, string why, CancellationToken cancel)
        {
            await book.NoteAsync(actor, Act, What.Length > 0 ? What : why, cancel);
            return new(DenyCode.RoleMayNot, why);
        }
    }
}

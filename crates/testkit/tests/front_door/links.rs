//! Invitations and resets: good once, for a while, and made by admins only.

use anyhow::Result;
use northing_app::links::LinkKind;
use northing_app::members::NewMember;
use northing_app::sign_in::Credentials;
use northing_app::{Actor, Error};
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::App;

const CHOSEN: &str = "a quite new sentence";

async fn acting(app: &App, email: &str) -> Result<Actor> {
    Ok(app.northing.operator(email, Some("calder")).await?)
}

fn nina() -> NewMember {
    NewMember {
        email: String::from("nina@calder.test"),
        name: String::from("Nina"),
        role: Role::Member,
        manager_id: None,
        time_zone: None,
    }
}

both_engines! {
    async fn an_invitation_lets_in_once(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let owner = acting(&app, "owner@calder.test").await?;
        let member = app.northing.create_member(&owner, nina()).await?;
        let link = app.northing.create_link(&owner, member.user_id).await?;
        assert_eq!(link.kind, LinkKind::Invitation);
        let enter = |password: &str| app.northing.use_link(LinkKind::Invitation, &link.secret, Some(String::from("Nina Ray")), password.to_owned(), None);
        assert!(matches!(enter("short").await, Err(Error::Invalid(_))));
        let session = enter(CHOSEN).await?;
        assert_eq!(app.northing.session(&session).await?.name, "Nina Ray");
        assert!(matches!(enter(CHOSEN).await, Err(Error::NotFound(_))));
        app.northing.sign_in(Credentials {
            email: String::from("nina@calder.test"), password: String::from(CHOSEN), address: String::new(), user_agent: None,
        }).await?;
        Ok(())
    }

    async fn an_invitation_expires_after_seven_days(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let owner = acting(&app, "owner@calder.test").await?;
        let member = app.northing.create_member(&owner, nina()).await?;
        let link = app.northing.create_link(&owner, member.user_id).await?;
        app.clock.advance_days(6);
        assert_eq!(app.northing.guest(LinkKind::Invitation, &link.secret).await?.name, "Nina");
        app.clock.advance_days(1);
        let late = app.northing.use_link(LinkKind::Invitation, &link.secret, None, CHOSEN.to_owned(), None).await;
        assert!(matches!(late, Err(Error::NotFound(_))));
        Ok(())
    }

    async fn a_reset_ends_what_was_open_and_members_make_none(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let owner = acting(&app, "owner@calder.test").await?;
        let person = app.person(Role::Member).await?;
        let email = app.northing.session(&person.session).await?.email;
        let member = acting(&app, &email).await?;
        assert!(matches!(app.northing.create_link(&member, person.id).await, Err(Error::Forbidden(_))));
        let link = app.northing.create_link(&owner, person.id).await?;
        assert_eq!(link.kind, LinkKind::Reset);
        let session = app.northing.use_link(LinkKind::Reset, &link.secret, None, CHOSEN.to_owned(), None).await?;
        assert!(matches!(app.northing.session(&person.session).await, Err(Error::SignedOut)));
        assert_eq!(app.api(&person, "GET", "/me", None).await?.status, 401);
        assert_eq!(app.northing.session(&session).await?.user_id, person.id);
        Ok(())
    }
}
